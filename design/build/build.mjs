// Compile slim.scss and js.mjs into ../static/design/, and refuse what must never be in them.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import * as sass from 'sass'

const out = '../static/design/'
const images = 'node_modules/@ministryofjustice/frontend/moj/assets/images/'
mkdirSync(`${out}images`, { recursive: true })

let css = sass.compile('slim.scss', { loadPaths: ['.'], style: 'compressed', logger: sass.Logger.silent }).css
// Two blues that the packages write out, where everything else follows our own colours.
css = css.replaceAll('#1d70b8', '#1b3a6b').replaceAll('#005ea5', '#1a5490')
for (const banned of [/@font-face/i, /GDS Transport/i, /crest/i, /crown/i, /#1d70b8/i, /gov\.uk/i]) {
  if (banned.test(css)) throw new Error(`the stylesheet holds ${banned}`)
}
for (const [, name] of css.matchAll(/url\("?\.\/images\/([^")]+)"?\)/g)) copyFileSync(images + name, `${out}images/${name}`)
writeFileSync(`${out}design.css`, css + '\n')
writeFileSync(`${out}admin.css`, sass.compile('admin.scss', { style: 'compressed' }).css + '\n')

await build({ entryPoints: ['js.mjs'], bundle: true, minify: true, format: 'esm', target: 'es2020', legalComments: 'none', outfile: `${out}design.js` })
copyFileSync('js-enabled.js', `${out}js-enabled.js`)
await build({ entryPoints: ['live.js'], minify: true, format: 'esm', target: 'es2022', outfile: `${out}live.js` })
await build({ entryPoints: ['copy.js'], minify: true, format: 'esm', target: 'es2020', outfile: `${out}copy.js` })

for (const [name, most] of [['design.css', 21_000], ['design.js', 12_000]]) {
  const size = gzipSync(readFileSync(out + name), { level: 9 }).length
  console.log(`${name}: ${size} bytes gzipped, of ${most}`)
  if (size > most) throw new Error(`${name} is over its budget`)
}
