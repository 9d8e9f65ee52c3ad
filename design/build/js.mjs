import {
  createAll, Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput,
  Radios, ServiceNavigation, SkipLink, Tabs
} from 'govuk-frontend'
import { SortableTable } from '@ministryofjustice/frontend'

for (const Component of [
  Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PasswordInput,
  Radios, ServiceNavigation, SkipLink, Tabs, SortableTable
]) createAll(Component)
