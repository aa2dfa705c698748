"""A page that React brings to life, and goes on with: neither disturbs the other.

React is the package of the registry, its development build, which complains of whatever
it finds changed. It is fetched at the first use and kept by nobody here.
"""

import shutil

import pytest

from setup.lib import npm

# What React is made of, in the order of need.
FILES = {
    "react": "react/cjs/react.development.js",
    "scheduler": "scheduler/cjs/scheduler.development.js",
    "react-dom": "react-dom/cjs/react-dom.development.js",
    "react-dom/client": "react-dom/cjs/react-dom-client.development.js",
}
# A page as a server renders it, and the same as an application.
RENDERED = (
    '<div id="app"><main><p class="call">Call <!-- -->+44 20 7946 0018<!-- --> or '
    '<a href="tel:+442079460018">020 7946 0018</a></p><button>0</button></main></div>'
)
APPLICATION = """
<script>
window.process = { env: { NODE_ENV: "development" } };
window.modules = {};
window.need = (name) => modules[name];
const load = (name, path) => {
    const request = new XMLHttpRequest();
    request.open("GET", path, false);
    request.send();
    const module = { exports: {} };
    new Function("exports", "module", "require", request.responseText)(
        module.exports, module, need);
    modules[name] = module.exports;
};
const start = () => {
    %s
    const { createElement: make, useState } = modules.react;
    const Call = ({ number, suffix }) => make("p", { className: "call" },
        "Call ", number, " or ", make("a", { href: "tel:+442079460018" }, suffix));
    const App = () => {
        const [count, setCount] = useState(0);
        window.showAll = () => setCount(7);
        return make("main", null,
            count === 5 ? null : make(Call,
                { number: "+44 20 7946 0018",
                  suffix: count ? `020 7946 0018 (${count})` : "020 7946 0018" }),
            count > 5 ? make("h2", null, ["(020) ", "7946", " 0018"]) : null,
            make("button", { onClick: () => setCount(count + 1) }, count));
    };
    const recovered = (error) => complaints.push("hydration: " + error);
    modules["react-dom/client"].hydrateRoot(app, make(App),
        { onRecoverableError: recovered, onUncaughtError: recovered });
    window.isAlive = true;
};
%s
</script>"""


@pytest.fixture(scope="module")
def react():
    """The folder with React's packages."""
    if not shutil.which("npm"):
        pytest.skip("npm is missing: React was not tried")
    return npm.packages("react@19.2.0", "react-dom@19.2.0")


@pytest.mark.parametrize(
    "when",
    [
        "start();",
        "addEventListener('load', () => setTimeout(start, 1));",
    ],
)
def test_a_react_page_comes_to_life_and_goes_on(shop, visit, react, when):
    loads = "".join(f"load('{name}', '/{file}');" for name, file in FILES.items())
    shop.pages |= {f"/{file}": react / file for file in FILES.values()}
    shop.page(RENDERED + APPLICATION % (loads, when))
    tab = visit(moves=True)  # what the application shows and takes away again
    tab.wait("window.isAlive")
    tab.see("p", "Call +44 20 7946 0321 or 020 7946 0321")
    for count in range(1, 5):
        tab.evaluate("document.querySelector('button').click()")
        tab.see("button", str(count))
        tab.see("p", f"Call +44 20 7946 0321 or 020 7946 0321 ({count})")
    tab.evaluate("document.querySelector('button').click()")
    tab.see_none("p")
    tab.evaluate("showAll()")
    tab.see("h2", "(020) 7946 0321")
    tab.see("p", "020 7946 0321 (7)")
    assert tab.evaluate("app.querySelector('a').href") == "tel:+442079460321"
