/**
 * The page is somebody else's shop: whatever goes wrong here, it must not notice.
 *
 * @param {Function} work
 * @returns {Function} the same, which throws nothing
 */
export function quiet(work) {
    return (...given) => {
        try {
            return work(...given);
        } catch {
            // then it is as if we were not there
        }
    };
}

/**
 * Listens to events of the document and the window, where the page cannot stop them.
 *
 * @param {string} names of events, separated by blanks
 * @param {Function} work
 */
export function on(names, work) {
    for (const name of names.split(" ")) {
        addEventListener(name, quiet(work), true);
    }
}
