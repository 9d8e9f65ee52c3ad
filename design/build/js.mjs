import {
  createAll, Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput,
  Radios, ServiceNavigation, SkipLink, Tabs
} from 'govuk-frontend'
import { SortableTable } from '@ministryofjustice/frontend'

const components = [
  Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput,
  Radios, ServiceNavigation, SkipLink, Tabs, SortableTable
]
for (const Component of components) createAll(Component)
// live.js has put something new in place.
document.addEventListener('lfr:replaced', event => {
  for (const Component of components) createAll(Component, undefined, event.target)
})
