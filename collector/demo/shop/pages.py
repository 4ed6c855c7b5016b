"""The documents: each handler gathers what its template shows."""

from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from collector.demo.shop import carts, catalogue
from collector.demo.shop.carts import Visitor
from collector.demo.shop.faults import pay_is_broken
from collector.demo.shop.sessions import Route

FAVOURITES = (1, 2, 7, 15, 19, 22, 4, 20)
"""Product numbers on the home page."""

CATEGORY_FACES = {"Cookware": "pot", "Prep": "board", "Table": "bowl", "Pantry": "jar"}


class Pages:
    """Renders the shop's pages, all of them with the agent's tag."""

    def __init__(self, *, collector_url: str, release: str, seed: int) -> None:
        self._seed = seed
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["pounds"] = catalogue.pounds
        self._templates.globals.update(
            collector_url=collector_url.rstrip("/"),
            release=release,
            categories=catalogue.CATEGORIES,
            colours=catalogue.COLOURS,
            free_delivery=carts.FREE_DELIVERY_PENCE,
            max_quantity=carts.MAX_QUANTITY,
        )

    def routes(self) -> list[Route]:
        """Every document's address."""
        return [
            ("GET", "/", self.home),
            ("GET", "/search", self.search),
            ("GET", r"/product/{number:\d{1,6}}", self.product),
            ("GET", "/cart", self.cart),
            ("GET", "/checkout", self.checkout),
            ("GET", "/thanks", self.thanks),
            ("GET", "/account", self.account),
            ("GET", "/help", self.help),
            ("GET", "/{elsewhere:.*}", self.not_found),
        ]

    async def home(self, request: web.Request, visitor: Visitor) -> web.Response:
        """`/`: the shop window."""
        favourites = [catalogue.PRODUCTS[number - 1] for number in FAVOURITES]
        return self._page(visitor, "home.html", favourites=favourites, faces=CATEGORY_FACES)

    async def search(self, request: web.Request, visitor: Visitor) -> web.Response:
        """`/search?q=`: what matches, or everything."""
        query = request.query.get("q", "").strip()[:80]
        return self._page(visitor, "search.html", query=query, found=catalogue.search(query))

    async def product(self, request: web.Request, visitor: Visitor) -> web.Response:
        """`/product/{number}`: one product, with its sizes and colours."""
        product = catalogue.product(int(request.match_info["number"]))
        if product is None:
            return await self.not_found(request, visitor)
        alike = [other for other in catalogue.search(product.category) if other.id != product.id]
        return self._page(visitor, "product.html", product=product, alike=alike[:4])

    async def cart(self, request: web.Request, visitor: Visitor) -> web.Response:
        """`/cart`: what the visitor chose."""
        return self._page(visitor, "cart.html")

    async def checkout(self, request: web.Request, visitor: Visitor) -> web.Response:
        """`/checkout`: where Pay is, and where it may do nothing."""
        return self._page(visitor, "checkout.html", pay_is_broken=pay_is_broken(request))

    async def thanks(self, request: web.Request, visitor: Visitor) -> web.Response:
        """`/thanks`: the order just paid."""
        return self._page(visitor, "thanks.html", order=next(iter(visitor.orders), None))

    async def account(self, request: web.Request, visitor: Visitor) -> web.Response:
        """`/account`: the log-in form, then the orders."""
        past = carts.past_orders(visitor.email, self._seed) if visitor.email else []
        return self._page(visitor, "account.html", orders=[*visitor.orders, *past])

    async def help(self, request: web.Request, visitor: Visitor) -> web.Response:
        """`/help`: answers, and how to reach a person."""
        return self._page(visitor, "help.html")

    async def not_found(self, request: web.Request, visitor: Visitor) -> web.Response:
        """The page for an address we do not have."""
        return self._page(visitor, "not_found.html", status=404)

    def _page(self, visitor: Visitor, template: str, *, status: int = 200, **shown: object) -> web.Response:
        text = self._templates.get_template(template).render(visitor=visitor, **shown)
        # no-cache, so that no cart comes from the cache; no-store would keep pages from the back cache too.
        return web.Response(status=status, text=text, content_type="text/html", headers={"Cache-Control": "no-cache"})
