// The Chromium that pages and books are opened in, and what axe-core finds in a page of it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

// axe-core in the version that Ace brings along
const axe = readFileSync(createRequire(import.meta.url).resolve('@daisy/axe-core-for-ace/axe.min.js'), 'utf-8')

/** Starts Chromium. No name leads anywhere but to `hosts`; root, as in a container, cannot use its sandbox. */
export function launch(executablePath, ...hosts) {
    const rules = ['MAP * ~NOTFOUND', ...hosts.map(host => `EXCLUDE ${host}`)].join(', ')
    return chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-sync',
            '--disable-component-update', '--no-first-run', `--host-resolver-rules=${rules}`],
    })
}

/** What axe-core finds in a page: a line a violation. */
export async function judge(page) {
    await page.evaluate(axe)
    const found = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }))
    return found.violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 300)}`)
}
