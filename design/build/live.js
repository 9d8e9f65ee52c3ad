// Keeps a page that only shows up to date while it is open. Without it, or without a stream, the page stays as it was.
//
// The stream says that something happened; the page is then fetched from its own address and compared with what is
// shown. Only a difference is told, and nobody is interrupted: no focus moves, and what somebody is busy with stays.
const note = document.getElementById('live')
const regions = page => new Map([...page.querySelectorAll('[data-live-region]')].map(e => [e.dataset.liveRegion, e]))
// A form's secret is masked anew in each answer.
const text = region => region.innerHTML.replace(/name="csrfmiddlewaretoken" value="\w+"/g, '')
const says = note.dataset
const shown = new Map([...regions(document)].map(([name, region]) => [name, text(region)]))
const LULL = 400, APART = 5000, LONGEST = 600000
let source, last = says.after, due, fetched = 0, patience = 15000, pressed = 0

function busy() {
  const at = document.activeElement
  return Date.now() - pressed < 3000 || String(getSelection()) !== '' ||
    document.querySelector('[data-live-region] :is(details[open], :hover:is(a, button, input, select, textarea))') ||
    (at && at !== document.body && at.closest('[data-live-region]'))
}

function say(words, link) {
  note.replaceChildren(words)
  if (!link) return
  const anchor = Object.assign(document.createElement('a'), { className: 'govuk-link', href: location.href, textContent: link })
  note.append(' ', anchor)
}

function show(fresh) {
  const clock = new Date().toLocaleTimeString('en-GB', { timeZone: 'Europe/London', hour: 'numeric', minute: '2-digit', hour12: true }).replace(' ', '')
  if (says.mode !== 'replace' || busy()) return say(says.changed.replace('{time}', clock), says.show)
  for (const [name, region] of regions(document)) {
    if (!fresh.has(name) || text(fresh.get(name)) === shown.get(name)) continue
    shown.set(name, text(fresh.get(name)))
    region.replaceChildren(...fresh.get(name).childNodes)
    region.dispatchEvent(new Event('lfr:replaced', { bubbles: true }))
  }
  say(says.updated.replace('{time}', clock))
}

async function look() {
  due = undefined
  fetched = Date.now()
  try {
    const answer = await fetch(location.href, { headers: { 'Lfr-Live': '1' }, cache: 'no-store', redirect: 'manual' })
    if (!answer.ok) return
    const fresh = regions(new DOMParser().parseFromString(await answer.text(), 'text/html'))
    if ([...shown].some(([name, html]) => !fresh.has(name) || text(fresh.get(name)) !== html)) show(fresh)
  } catch { /* the next event asks again */ }
}

// Several events at once are one look, and everybody looks at a slightly different moment.
function soon() {
  due ??= setTimeout(look, Math.max(LULL + Math.random() * LULL, fetched + APART - Date.now()))
}

function follow() {
  const address = new URL(says.stream, location.href)
  if (last) address.searchParams.set('after', last)
  source = new EventSource(address, { withCredentials: true })
  source.onopen = () => { patience = 15000 }
  source.onerror = () => {
    // The browser comes back by itself, except after a refusal. A position that was refused is not tried again.
    if (source.readyState !== EventSource.CLOSED) return
    if (last) soon()
    last = ''
    setTimeout(() => { if (source && !document.hidden) follow() }, patience)
    patience = Math.min(patience * 2, LONGEST)
  }
  for (const kind of says.kinds.split(' ')) source.addEventListener(kind, event => { last = event.lastEventId; soon() })
}

function leave() {
  source?.close()
  source = undefined
}

if (says.stream && 'EventSource' in window) {
  addEventListener('pointerdown', () => { pressed = Date.now() })
  addEventListener('keydown', () => { pressed = Date.now() })
  addEventListener('pagehide', leave)
  // A page that nobody sees holds no connection. It goes on where it stopped.
  document.addEventListener('visibilitychange', () => document.hidden ? leave() : source || follow())
  if (!document.hidden) follow()
}
