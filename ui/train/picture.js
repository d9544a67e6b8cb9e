/** Saves the charts that stand beside the buttons, one below the other, as one picture: SVG, or PNG of twice the size. */

const CHARTS = ".st-key-picture_charts svg.marks"
const SCALE = 2
const MARGIN = 16

export default function ({ data, parentElement }) {
  for (const button of parentElement.querySelectorAll("button"))
    button.onclick = async () => {
      const picture = stacked([...document.querySelectorAll(CHARTS)])
      const blob = button.value === "svg" ? svgBlob(picture) : await pngBlob(picture)
      save(blob, `${data.name}.${button.value}`)
    }
}

/** One SVG with all charts in it, from top to bottom, on the page's color. */
function stacked(charts) {
  const sizes = charts.map((chart) => chart.getBoundingClientRect())
  const width = 2 * MARGIN + Math.max(...sizes.map((size) => size.width))
  const picture = element("svg", { width })
  picture.append(element("rect", { width: "100%", height: "100%", fill: getComputedStyle(charts[0]).backgroundColor }))
  let height = MARGIN
  for (const [place, chart] of charts.entries()) {
    const copy = chart.cloneNode(true)
    copy.setAttribute("x", MARGIN)
    copy.setAttribute("y", height)
    copy.setAttribute("overflow", "visible") // text in another font may be wider
    picture.append(copy)
    height += sizes[place].height + MARGIN
  }
  picture.setAttribute("height", height)
  return picture
}

function element(name, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name)
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value)
  return made
}

function svgBlob(picture) {
  return new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" })
}

async function pngBlob(picture) {
  const url = URL.createObjectURL(svgBlob(picture))
  const image = new Image()
  image.src = url
  await image.decode()
  const canvas = document.createElement("canvas")
  canvas.width = SCALE * picture.getAttribute("width")
  canvas.height = SCALE * picture.getAttribute("height")
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height)
  URL.revokeObjectURL(url)
  return new Promise((done) => canvas.toBlob(done, "image/png"))
}

function save(blob, name) {
  const link = document.createElement("a")
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000) // some browsers read it only after a while
}
