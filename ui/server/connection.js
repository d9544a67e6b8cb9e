/**
 * Tells the visitor, and the operator, when a proxy keeps the page from working. A part of the document, not a
 * component: it runs even where no component comes through.
 */
{
  const LOOKS = 4 // at which replica answers: where they take turns, one of these is another
  const MORE_LOOKS = 6 // for the first one to answer again: or else it has only ended, and another has taken its place
  const REST = 3000 // milliseconds until the page has loaded what it needs
  const PATIENCE = 20000 // milliseconds for the page to come
  const SPLIT =
    "Your requests reach several copies of Inkling in turn: uploaded files get lost, and runs disappear. The " +
    "administrator of this site has to keep each visitor with one copy (cookie affinity)."
  const SILENT =
    "The page could not open its live connection. Reload it; if that does not help, a proxy or firewall may block " +
    "WebSockets: ask the administrator of this site to allow them."

  const hasCome = () => document.querySelector(".stMain .stElementContainer:not(:has(.stAppSkeleton))") !== null

  /** Whether the replica that answers is the one that the document came from; tells it of a problem, if there is one. */
  async function isSame(problem = "") {
    const answer = await fetch(`replica?problem=${problem}`, { cache: "no-store" })
    return answer.ok ? (await answer.json()).same : true
  }

  async function isSplit() {
    let same = 0
    for (let look = 0; look < LOOKS; look++) same += await isSame()
    if (same === LOOKS) return false
    for (let look = 0; look < MORE_LOOKS && same === 0; look++) same += await isSame()
    return same > 0
  }

  function tell(text) {
    const notice = document.createElement("div")
    notice.className = "connection-notice"
    notice.setAttribute("role", "alert")
    const close = document.createElement("button")
    close.textContent = "Close"
    close.addEventListener("click", () => notice.remove())
    notice.append(text, close)
    document.body.prepend(notice)
    return notice
  }

  /** Say that the page has not come, for as long as it has not. */
  function waitForPage(notice) {
    if (!hasCome()) return setTimeout(waitForPage, 500, notice)
    notice.remove()
  }

  async function compareReplicas() {
    if (!(await isSplit())) return
    tell(SPLIT)
    await isSame("split")
  }

  function expectPage() {
    if (hasCome()) return
    waitForPage(tell(SILENT))
    isSame("silent").catch(() => {})
  }

  addEventListener("load", () => {
    setTimeout(() => compareReplicas().catch(() => {}), REST) // no answer says nothing of replicas
    setTimeout(expectPage, PATIENCE)
  })
}
