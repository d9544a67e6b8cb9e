/** Copies the link of the page, and prints the page. */

const installed = new WeakSet()

export default function ({ parentElement, data }) {
  const [link, copyButton, said, printButton] = ["link", "copy", "said", "print"].map((id) =>
    parentElement.querySelector(`#${id}`),
  )
  if (link.value !== data.link) {
    link.value = data.link
    said.textContent = ""
  }
  if (installed.has(parentElement)) return
  installed.add(parentElement)
  copyButton.addEventListener("click", async () => {
    said.textContent = (await copied(link)) ? "Copied." : "The browser does not allow it: copy the selected text."
  })
  printButton.addEventListener("click", () => print())
}

/** Copy what a field holds; returns whether that worked. Pages without https have only the older way. */
async function copied(field) {
  field.select()
  try {
    await navigator.clipboard.writeText(field.value)
    return true
  } catch {
    return document.execCommand("copy")
  }
}
