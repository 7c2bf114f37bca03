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
    })
  }
}
