"""What the pages ask for by fetch. Every refusal carries a `message` that the page can show as it is."""

from itertools import count
from json import JSONDecodeError

from aiohttp import web

from collector.demo.shop.carts import Line, Visitor
from collector.demo.shop.catalogue import pounds, product
from collector.demo.shop.checkout import refused
from collector.demo.shop.sessions import Route


class Api:
    """The shop's fetch routes."""

    def __init__(self) -> None:
        self._order_numbers = count(10_401)

    def routes(self) -> list[Route]:
        """Every address under /api/."""
        return [
            ("POST", "/api/cart", self.add),
            ("POST", "/api/cart/{line}", self.change),
            ("POST", "/api/pay", self.pay),
            ("POST", "/api/login", self.login),
            ("POST", "/api/logout", self.logout),
        ]

    async def add(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Put a product into the cart: `{product, size, colour}`."""
        asked = await _asked(request)
        number = asked.get("product", "")
        wanted = product(int(number)) if number.isascii() and number.isdigit() else None
        size, colour = asked.get("size", ""), asked.get("colour", "")
        if wanted is None or size not in wanted.sizes or colour not in wanted.colours:
            return _refusal(400, "We do not have that one.")
        line = Line(wanted, size, colour)
        visitor.put(line, visitor.quantities.get(line, 0) + 1)
        return web.json_response({"count": visitor.count, "message": f"{wanted.name} is in your cart."})

    async def change(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Set a line's quantity: `{quantity}`; 0 takes it out."""
        asked = await _asked(request)
        quantity = asked.get("quantity", "")
        line = visitor.line(request.match_info["line"])
        if line is None or not (quantity.isascii() and quantity.isdigit()):
            return _refusal(400, "Your cart has changed. Please load the page again.")
        visitor.put(line, int(quantity))
        left = visitor.quantities.get(line, 0)
        return web.json_response(
            {
                "count": visitor.count,
                "quantity": left,
                "line": pounds(line.pence * left),
                "goods": pounds(visitor.goods_pence),
                "delivery": pounds(visitor.delivery_pence) if visitor.delivery_pence else "Free",
                "total": pounds(visitor.total_pence),
            }
        )

    async def pay(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Pay for the cart: `{name, address, card}`. Nothing of it is kept."""
        problems = refused(await _asked(request))
        if problems:
            return web.json_response({"message": "Please check the form.", "problems": problems}, status=422)
        if not visitor.count:
            return _refusal(409, "Your cart is empty.")
        return web.json_response({"order": visitor.pay(f"FR-{next(self._order_numbers)}").number})

    async def login(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Log in: `{email, password}`, any password that is not empty."""
        asked = await _asked(request)
        email = asked.get("email", "").strip()[:80]
        if "@" not in email or not asked.get("password"):
            return _refusal(401, "Please enter your e-mail address and your password.")
        visitor.email = email
        return web.json_response({})

    async def logout(self, request: web.Request, visitor: Visitor) -> web.Response:
        """Log out; the cart stays."""
        visitor.email = None
        return web.json_response({})


async def _asked(request: web.Request) -> dict[str, str]:
    """The body as text fields: the shop's forms send nothing else."""
    try:
        body = await request.json()
    except (JSONDecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict) or not all(isinstance(value, str) for value in body.values()):
        raise web.HTTPBadRequest(
            text='{"message": "The shop did not understand that."}', content_type="application/json"
        )
    return body


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response({"message": message}, status=status)
