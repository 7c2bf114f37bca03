// Puts the editor in the place of the plain form, and the saved queries at hand.
'use strict'

const place = document.getElementById('yasgui')
const plain = document.getElementById('plain')
const hint = document.getElementById('query-hint')
if (place && globalThis.Yasgui) {
  const endpoint = new URL(place.dataset.endpoint, location.href).href
  plain.hidden = true
  place.hidden = false
  Yasgui.Yasqe.defaults.autocompleters = ['variables'] // the others ask servers elsewhere
  const editor = new Yasgui(place, {
    requestConfig: { endpoint, method: 'POST' },
    copyEndpointOnNewTab: true,
    persistenceId: null,
    endpointCatalogueOptions: { getData: () => [{ endpoint }] },
    yasqe: { autocompleters: ['variables'], resizeable: true, showQueryButton: true }
  })
  // The editor puts a button where only tabs may stand, and leaves its fields without names.
  const more = document.createElement('button')
  more.type = 'button'
  more.textContent = 'New tab'
  more.addEventListener('click', () => editor.addTab(true))
  place.before(more)
  const heading = (field) => {
    const row = field.closest('.textSetting, .selector, .requestConfigWrapper')
    const label = row && row.querySelector('label, .label')
    return label ? label.textContent : field.title || field.placeholder
  }
  const name = () => {
    for (const field of place.querySelectorAll('textarea, input, select')) {
      if (field.labels && field.labels.length || field.getAttribute('aria-label')) continue
      const inside = field.closest('.CodeMirror')
      const said = field.matches('.tableSizer')
        ? 'Rows on a page'
        : inside ? (field.closest('.yasr') ? 'Answer' : 'Query') : heading(field) || 'Setting'
      field.setAttribute('aria-label', said)
    }
    for (const part of place.querySelectorAll('.CodeMirror-scroll[tabindex="-1"]')) part.tabIndex = 0
  }
  new MutationObserver(name).observe(place, { childList: true, subtree: true })
  name()
  const tab = editor.getTab()
  tab.setQuery(document.getElementById('text').value)
  editor.on('queryResponse', (_, asked) => setTimeout(() => { // the table is made just after
    const results = asked.getYasr().results
    const found = results && results.getBindings && results.getBindings()
    hint.textContent = ''
    try {
      const notes = JSON.parse(results.getOriginalResponseAsString())
      hint.textContent = notes.hint || notes.truncated || ''
    } catch {
      if (found && !found.length) hint.textContent = 'Nothing was found.'
    }
  }, 0))
  for (const button of document.querySelectorAll('.saved button')) {
    button.addEventListener('click', (event) => {
      event.preventDefault()
      const open = editor.getTab()
      open.setQuery(button.dataset.query)
      open.setName(button.dataset.name)
      open.query().catch(() => {})
      if (matchMedia('(max-width: 60rem)').matches) place.scrollIntoView() // the list is below it
    })
  }
}
