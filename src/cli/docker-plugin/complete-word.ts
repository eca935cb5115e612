/** The word with which shells ask docker, docker asks its plugins, and our own scripts ask for what a word may go on to. */
export const completeWord = "__complete";
