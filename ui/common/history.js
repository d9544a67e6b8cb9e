/**
 * A step back leads to the page before: what changes in the address of a page takes the place of what stood there.
 *
 * Streamlit would make an entry of the browser's history of each address, also of the settings that the app writes into
 * it. A step back from one to another would then show an older address above the same page. A part of the document, not
 * a component: it has to be there before Streamlit.
 */
{
  const push = history.pushState.bind(history)
  history.pushState = (state, unused, address) => {
    const { pathname, hash } = new URL(address ?? "", location)
    if (pathname === location.pathname && hash === location.hash) history.replaceState(state, unused, address)
    else push(state, unused, address)
  }
}
