/** Why a network answers as it does: everything that a page needs to show it. */

export { findCounterfactual } from "./counterfactual.js"
export { evidence, strokeOcclusion } from "./evidence.js"
export { backpropagate, difference, inputGradient, strongestConnections } from "./gradient.js"
export { learningStep, unitStep } from "./learning_step.js"
export { answerOf, inkUntil, probabilitiesAlong, readAlong, staysFrom } from "./moments.js"
export { outgoingProducts, traceForward, unitBias, unitSum, unitWeights } from "./trace.js"
