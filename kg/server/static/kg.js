// What makes pages better where scripts run: pan, zoom, hover, a what-if in place, search in a static site.
'use strict'

const figure = document.getElementById('graph')
const svg = figure && figure.querySelector('svg')
if (svg) {
  const whole = svg.viewBox.baseVal
  const home = { x: whole.x, y: whole.y, width: whole.width, height: whole.height }
  figure.classList.add('live')

  const show = (box) => svg.setAttribute('viewBox', `${box.x} ${box.y} ${box.width} ${box.height}`)
  const now = () => {
    const v = svg.viewBox.baseVal
    return { x: v.x, y: v.y, width: v.width, height: v.height }
  }
  const zoom = (factor, at) => {
    const v = now()
    const width = Math.min(Math.max(v.width * factor, home.width / 20), home.width * 1.5)
    const scale = width / v.width
    const x = at ? at.x : v.x + v.width / 2
    const y = at ? at.y : v.y + v.height / 2
    show({ x: x - (x - v.x) * scale, y: y - (y - v.y) * scale, width, height: v.height * scale })
  }
  const point = (event) => {
    const p = new DOMPoint(event.clientX, event.clientY)
    return p.matrixTransform(svg.getScreenCTM().inverse())
  }

  if (svg.clientWidth < 600) { // on a telephone: the left part, as high as there is room
    const width = Math.min(home.width, home.height * svg.clientWidth / svg.clientHeight)
    show({ x: home.x, y: home.y, width, height: home.height })
  }

  const tools = document.createElement('div')
  tools.className = 'tools'
  for (const [text, label, act] of [
    ['+', 'Zoom in', () => zoom(0.7)],
    ['−', 'Zoom out', () => zoom(1 / 0.7)],
    ['⟲', 'Show all', () => show(home)]
  ]) {
    const button = document.createElement('button')
    button.type = 'button'
    button.textContent = text
    button.setAttribute('aria-label', label)
    button.addEventListener('click', act)
    tools.append(button)
  }
  figure.prepend(tools)

  svg.addEventListener('wheel', (event) => {
    if (!event.ctrlKey && !event.metaKey && !figure.matches(':focus-within')) return
    event.preventDefault()
    zoom(event.deltaY < 0 ? 0.85 : 1 / 0.85, point(event))
  }, { passive: false })

  let held = null
  let moved = false
  svg.addEventListener('pointerdown', (event) => {
    held = { at: point(event), id: event.pointerId }
    moved = false
  })
  svg.addEventListener('pointermove', (event) => {
    if (!held || event.pointerId !== held.id) return
    const at = point(event)
    const v = now()
    const dx = held.at.x - at.x
    const dy = held.at.y - at.y
    if (!moved && Math.hypot(dx, dy) < home.width / 300) return
    if (!moved) svg.setPointerCapture(event.pointerId)
    moved = true
    show({ x: v.x + dx, y: v.y + dy, width: v.width, height: v.height })
  })
  for (const end of ['pointerup', 'pointercancel']) {
    svg.addEventListener(end, () => { held = null })
  }
  svg.addEventListener('click', (event) => { if (moved) event.preventDefault() }, true)
  svg.addEventListener('dragstart', (event) => event.preventDefault())

  const tip = document.createElement('div')
  tip.className = 'tip'
  tip.setAttribute('role', 'tooltip')
  tip.hidden = true
  document.body.append(tip)
  const why = (link) => {
    const place = link.getAttribute('href')
    const piece = place && place.startsWith('#link-') && document.getElementById(place.slice(1))
    const reason = piece && piece.querySelector('summary .why')
    return link.dataset.said + (reason ? `. Why: ${reason.textContent}` : '')
  }
  const point_at = (event) => {
    const link = event.target.closest('a[data-said]')
    tip.hidden = !link
    if (!link) return
    tip.textContent = why(link)
    const box = link.getBoundingClientRect()
    const x = event.clientX || box.left
    const y = event.clientY || box.bottom
    tip.style.left = `${Math.max(4, Math.min(x + 12, innerWidth - tip.offsetWidth - 4))}px`
    tip.style.top = `${Math.max(4, Math.min(y + 12, innerHeight - tip.offsetHeight - 4))}px`
  }
  for (const name of ['pointerover', 'focusin']) svg.addEventListener(name, point_at)
  for (const name of ['pointerleave', 'focusout']) svg.addEventListener(name, () => { tip.hidden = true })
  for (const title of svg.querySelectorAll('g title')) title.remove() // the tip says it, and why
}

// A link to evidence opens it, and every part of the page that hides it.
const open = () => {
  const place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)))
  for (let part = place; part; part = part.parentElement) if (part.tagName === 'DETAILS') part.open = true
  if (place) place.scrollIntoView({ block: 'center' })
}
addEventListener('hashchange', open)
open()
document.addEventListener('click', (event) => {
  const link = event.target.closest('a')
  if (link && link.getAttribute('href') === location.hash) open()
})

const filters = document.getElementById('filters')
if (filters) {
  filters.addEventListener('submit', () => {
    for (const field of filters.querySelectorAll('select')) {
      if (field.value === field.options[0].value) field.disabled = true // short addresses
    }
  })
  filters.addEventListener('change', () => filters.requestSubmit())
}
addEventListener('pageshow', () => {
  if (filters) for (const field of filters.querySelectorAll('select')) field.disabled = false
})

const whatif = document.getElementById('whatif')
if (whatif) {
  const answer = document.getElementById('whatif-answer')
  whatif.addEventListener('submit', async (event) => {
    event.preventDefault()
    answer.textContent = 'Grading …'
    const query = new URLSearchParams(new FormData(whatif))
    try {
      const reply = await fetch(`${whatif.action}?${query}`, { headers: { accept: 'text/html' } })
      const page = new DOMParser().parseFromString(await reply.text(), 'text/html')
      const found = page.getElementById('answer')
      if (!found) throw new Error(page.querySelector('main p')?.textContent ?? reply.statusText)
      answer.replaceChildren(document.importNode(found, true))
      const link = document.createElement('a')
      link.href = `${whatif.action}?${query}`
      link.textContent = 'A page of its own'
      answer.append(link)
    } catch (fault) {
      answer.textContent = fault.message
    }
  })
}
addEventListener('beforeprint', () => {
  for (const part of document.querySelectorAll('.piece')) part.open = true
})

// Search in a site without a server: the list has everything, and keeps what has all the words.
const list = document.getElementById('everything')
if (list) {
  const fold = (text) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[-_]/g, ' ')
  const asked = new URLSearchParams(location.search).get('q') ?? ''
  const words = fold(asked).match(/[\p{L}\p{N}]+/gu) ?? []
  document.getElementById('find').value = asked
  if (words.length) {
    const items = [...list.children]
    for (const item of items) item.hidden = !words.every((word) => item.dataset.names.includes(word))
    const exact = (item) => fold(item.querySelector('a').textContent) === words.join(' ')
    list.prepend(...items.filter((item) => !item.hidden && exact(item)))
    const count = items.filter((item) => !item.hidden).length
    document.querySelector('h1').textContent = `“${asked}”`
    document.getElementById('found').textContent = count ? `${count} found` : 'Nothing has all of these words in its name.'
  }
}
