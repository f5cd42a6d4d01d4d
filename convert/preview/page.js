'use strict'
// One article at a time, notes and their places in the source found from each other, and a choice of notes.
const root = document.documentElement
const bar = document.querySelector('.bar')
const index = document.getElementById('index')
const articles = [...document.querySelectorAll('.article')]
const wide = matchMedia('(min-width: 64rem)')
const told = bar.querySelector('output')
let open = null // the article that is seen
let current = null // the note that is seen, by its number in that article

const items = () => open ? [...open.querySelectorAll('li[data-note]')] : []
const chosen = () => items().filter(item => !item.hidden)
const mark = number => document.getElementById(`${open.id}p${number}`)

function show(article) {
    if (article && article === open) return
    open = article
    current = null
    for (const one of articles) one.hidden = one !== article
    if (index) index.hidden = Boolean(article)
    bar.hidden = !article
    root.classList.toggle('reading', Boolean(article))
    if (!article) return
    count()
    choose()
}

/** Says behind each rule and kind how many notes of it the article has. */
function count() {
    for (const name of ['rule', 'kind']) {
        for (const option of bar.elements[name].options) {
            if (!option.value) continue
            const number = items().filter(item => item.dataset[name] === option.value).length
            option.textContent = `${option.value} (${number})`
            option.disabled = !number && !option.selected
        }
    }
}

/** Shows a pane: alone where there is room for one, else beside the notes and the source. */
function view(name) {
    open.dataset.view = name
    if (name !== 'notes' && name !== 'source') open.dataset.output = name
    press()
}

function press() {
    if (!open) return
    const { view: seen, output } = open.dataset
    for (const button of bar.querySelectorAll('[data-view]')) {
        const name = button.dataset.view
        button.setAttribute('aria-pressed', String(name === (wide.matches ? output : seen)))
    }
}

/** Hides the notes that are not of the rule and of the kind chosen, and their marks. */
function choose() {
    const { rule, kind } = bar.elements
    const off = new Set()
    for (const item of items()) {
        item.hidden = Boolean(rule.value && item.dataset.rule !== rule.value) || Boolean(kind.value && item.dataset.kind !== kind.value)
        if (item.hidden) off.add(item.dataset.note)
    }
    for (const one of open.querySelectorAll('.mark')) {
        one.classList.toggle('off', one.dataset.note.split(' ').every(number => off.has(number)))
    }
    say()
    press()
}

function say() {
    const all = chosen()
    const at = all.findIndex(item => item.dataset.note === current)
    const { one, many, at: place } = told.dataset
    const words = at >= 0 ? place : all.length === 1 ? one : many
    told.textContent = words.replace('{at}', at + 1).replace('{count}', all.length)
}

/** Makes a note the one that is seen, in the list and in the source. */
function pick(number) {
    for (const one of open.querySelectorAll('.current')) {
        one.classList.remove('current')
        one.removeAttribute('aria-current')
    }
    current = number
    for (const one of open.querySelectorAll(`[data-note~="${number}"]`)) {
        one.classList.add('current')
        one.setAttribute('aria-current', 'true')
    }
    say()
}

/** Goes to an article, a note or a mark by its id; the index, where there is no such id. */
function go(id) {
    const found = id ? document.getElementById(id) : null
    const article = found ? found.closest('.article') : null
    show(article || (index ? null : articles[0] || null))
    if (!article) {
        if (index && found) scrollTo(0, 0)
        return
    }
    const pane = found.closest('[data-pane]')
    if (!pane) return article.scrollIntoView()
    view(pane.dataset.pane)
    const number = /[np](\d+)$/.exec(id)
    if (!number) return
    pick(number[1])
    const item = document.getElementById(`${article.id}n${number[1]}`)
    const there = mark(number[1])
    for (const one of [item, there]) if (one && one !== found) one.scrollIntoView({ block: 'nearest' })
    found.scrollIntoView({ block: wide.matches ? 'nearest' : 'center' })
    const able = found.matches('a, li') ? found : found.closest('a')
    if (able) able.focus({ preventScroll: true })
}

function lead(id) {
    if (location.hash !== `#${id}`) history.pushState(null, '', `#${id}`)
    go(id)
}

/** The next note of those chosen, or the one before; in the source, where that is what is seen. */
function step(by) {
    const all = chosen()
    if (!all.length) return
    const at = all.findIndex(item => item.dataset.note === current)
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]
    const number = next.dataset.note
    const listed = open.dataset.view === 'notes'
    lead(!listed && mark(number) ? `${open.id}p${number}` : next.id)
}

document.addEventListener('click', event => {
    const link = event.target.closest('a[href^="#"]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    // a mark of several notes leads to the one that is seen, if it is among them
    const several = (link.dataset.note ?? '').split(' ')
    lead(several.includes(current) ? `${open.id}n${current}` : link.getAttribute('href').slice(1))
})
addEventListener('popstate', () => go(location.hash.slice(1)))
bar.addEventListener('submit', event => event.preventDefault())
bar.addEventListener('change', choose)
bar.addEventListener('click', event => {
    const button = event.target.closest('button')
    if (!button) return
    if (button.dataset.view) view(button.dataset.view)
    else step(Number(button.dataset.step))
})
addEventListener('keydown', event => {
    if (!open || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('select, input')) return
    if (event.key === 'n' || event.key === 'p') {
        event.preventDefault()
        step(event.key === 'n' ? 1 : -1)
    }
})
wide.addEventListener('change', press)
root.classList.add('script')
go(location.hash.slice(1))
