/** What a page needs to read ink in the browser. */

export { detail, digitLikelihood, headline, probabilityBars } from "./answer.js"
export { AnswerView } from "./answer_view.js"
export { clipStrokes } from "./clipping.js"
export { keptNetwork } from "./kept_networks.js"
export { Paper } from "./paper.js"
export { Pen } from "./pen.js"
export { rasterize } from "./rasterize.js"
export { BLANK, read } from "./reading.js"
export { RunNetworks } from "./run_networks.js"
export { Sheet } from "./sheet.js"
