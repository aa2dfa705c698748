/** How the widget looks; nothing of the page's own style reaches it, nor does ours the page. */
export const STYLE = `
    :host { all: initial; --color: #714b67; --ink: #fff; }
    * { box-sizing: border-box; font: 16px/1.4 system-ui, sans-serif; color: inherit; }
    .start, .send {
        border: 0; border-radius: 2em; padding: .75em 1.25em; cursor: pointer;
        background: var(--color); color: var(--ink);
    }
    .start {
        position: fixed; z-index: 2147483000; bottom: 1rem; inset-inline-end: 1rem;
        box-shadow: 0 2px 10px #0005;
    }
    .start:focus-visible, .send:focus-visible, .close:focus-visible {
        outline: 3px solid var(--color); outline-offset: 2px;
    }
    dialog {
        width: min(24rem, calc(100vw - 2rem)); padding: 0; border: 0; border-radius: .75rem;
        background: #fff; color: #212529; box-shadow: 0 8px 40px #0006;
    }
    .panel { padding: 1.5rem; }
    dialog::backdrop { background: #0008; }
    h2 { margin: 0 0 .5rem; margin-inline-end: 2rem; font-size: 1.25rem; font-weight: 600; }
    p { margin: 0 0 1rem; }
    p:empty { margin: 0; }
    form { display: grid; gap: .75rem; }
    label { display: grid; gap: .25rem; }
    label.choice { display: flex; align-items: center; gap: .5rem; }
    fieldset { display: grid; gap: .5rem; margin: 0; padding: 0; border: 0; }
    .when { display: grid; grid-template-columns: 3fr 2fr; gap: .5rem; }
    input:not([type=radio]), select {
        width: 100%; min-height: 2.75rem; padding: .5rem; border: 1px solid #6c757d;
        border-radius: .375rem; background: #fff;
    }
    input[type=tel] { direction: ltr; text-align: match-parent; }
    input[type=radio] { accent-color: var(--color); }
    input:focus, select:focus { outline: 3px solid var(--color); outline-offset: 1px; }
    .close {
        position: absolute; top: .75rem; inset-inline-end: .75rem; width: 2.75rem; height: 2.75rem;
        border: 0; border-radius: 50%; background: none; font-size: 1.5rem; cursor: pointer;
    }
    .send:disabled { opacity: .6; cursor: default; }
    .wrong { color: #b02a37; }
    .trap { position: absolute; inset-inline-start: -200vw; width: 1px; height: 1px; overflow: hidden; }
    [hidden] { display: none !important; }
    @media print { :host { display: none; } }
`;
