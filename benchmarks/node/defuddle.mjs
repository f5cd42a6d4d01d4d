// Reads lines of JSON, each the text of a page, and answers each with a line of JSON: what defuddle makes of it as
// `defuddle parse --markdown --frontmatter` does, or why it could not. Without the two lines round it linkedom, which
// reads pages for that command, too, would see no text in a file of a mirror: it has no body. Nothing is fetched.
import { createInterface } from "node:readline";
import { Defuddle } from "defuddle/node";
import { parseHTML } from "linkedom";

const KEYS = ["title", "author", "published"];

async function markdown(text) {
  const { document } = parseHTML(`<!DOCTYPE html><html><body>\n${text}\n</body></html>`);
  const found = await Defuddle(document, undefined, { markdown: true, useAsync: false });
  const front = KEYS.filter((key) => found[key]).map((key) => `${key}: ${JSON.stringify(found[key])}\n`);
  return front.length ? `---\n${front.join("")}---\n\n${found.content}` : found.content;
}

console.log = console.error; // what is printed is the answers alone
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await markdown(JSON.parse(line)).then(
    (told) => ({ markdown: told }),
    (error) => ({ error: String(error) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
