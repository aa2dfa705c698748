/**
 * Waits until an element is on screen whose text has these digits, in any spelling.
 *
 * @param {string} selector
 * @param {string} digits
 * @returns {Promise<number>} when the picture with it was drawn: milliseconds since 1970
 */
window.seen = (selector, digits) =>
    new Promise((resolve) => {
        const hasIt = (element) =>
            element.getClientRects().length &&
            element.textContent.replace(/\D/g, "").includes(digits);
        const look = () => {
            if ([...document.querySelectorAll(selector)].some(hasIt)) {
                observer.disconnect();
                requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
            }
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { childList: true, subtree: true, characterData: true });
        look();
    });
