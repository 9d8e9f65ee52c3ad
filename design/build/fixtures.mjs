// Copy the components' own examples into tests/design/fixtures/, leaving out those that need an option listed in
// unsupported.json. Run after an update of govuk-frontend: node fixtures.mjs
import { readFileSync, writeFileSync } from 'node:fs'

const out = '../../tests/design/fixtures/'
const root = 'node_modules/govuk-frontend/'
const { version } = JSON.parse(readFileSync(`${root}package.json`))
const unsupported = JSON.parse(readFileSync(`${out}unsupported.json`))

function* paths(value, at = '') {
  if (Array.isArray(value)) for (const each of value) yield* paths(each, `${at}[]`)
  else if (value && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) {
      const path = at ? `${at}.${key}` : key
      yield path
      yield* paths(inner, path)
    }
  }
}

for (const [component, left] of Object.entries(unsupported)) {
  const { fixtures } = JSON.parse(readFileSync(`${root}dist/govuk/components/${component}/fixtures.json`))
  const kept = fixtures.filter(({ name, options }) => {
    const used = [...paths(options)]
    return !(name in left.examples) && !used.some((path) => path in left.options) && left.needs.every((path) => used.includes(path))
  })
  const lines = kept.map(({ name, options, html }) => JSON.stringify({ name, options, html }))
  const head = { source: `govuk-frontend ${version}`, component, of: fixtures.length }
  writeFileSync(`${out}${component}.json`, `${JSON.stringify(head).slice(0, -1)},"fixtures":[\n${lines.join(',\n')}\n]}\n`)
  console.log(`${component}: ${kept.length} of ${fixtures.length}`)
}
