"""What a visitor holds: lines in a cart, and orders once they are paid."""

from dataclasses import dataclass, field
from random import Random

from collector.demo.shop.catalogue import PRODUCTS, Product

MAX_QUANTITY = 9
MAX_ORDERS = 20

DELIVERY_PENCE = 450
FREE_DELIVERY_PENCE = 6_000


@dataclass(frozen=True, slots=True)
class Line:
    """One product as chosen; the key of a cart's line."""

    product: Product
    size: str
    colour: str

    @property
    def pence(self) -> int:
        """The price of one."""
        return self.product.pence(self.size)

    @property
    def key(self) -> str:
        """The line's name in URLs and in the page."""
        sizes, colours = self.product.sizes, self.product.colours
        return f"{self.product.id}-{sizes.index(self.size)}-{colours.index(self.colour)}"


@dataclass(frozen=True, slots=True)
class Order:
    """A cart that was paid for."""

    number: str
    lines: tuple[tuple[Line, int], ...]
    pence: int
    status: str


@dataclass(slots=True)
class Visitor:
    """One browser's session."""

    quantities: dict[Line, int] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    email: str | None = None

    @property
    def count(self) -> int:
        """How many things are in the cart."""
        return sum(self.quantities.values())

    @property
    def goods_pence(self) -> int:
        """The cart without delivery."""
        return sum(line.pence * quantity for line, quantity in self.quantities.items())

    @property
    def delivery_pence(self) -> int:
        """Free for an empty cart and from FREE_DELIVERY_PENCE on."""
        return DELIVERY_PENCE if 0 < self.goods_pence < FREE_DELIVERY_PENCE else 0

    @property
    def total_pence(self) -> int:
        """What Pay asks for."""
        return self.goods_pence + self.delivery_pence

    def line(self, key: str) -> Line | None:
        """The line of the cart with this key."""
        return next((line for line in self.quantities if line.key == key), None)

    def put(self, line: Line, quantity: int) -> None:
        """Have this many of a line: 0 removes it, more than MAX_QUANTITY is MAX_QUANTITY."""
        if quantity <= 0:
            self.quantities.pop(line, None)
        else:
            self.quantities[line] = min(quantity, MAX_QUANTITY)

    def pay(self, number: str) -> Order:
        """Turn the cart into an order. Only the newest MAX_ORDERS are kept."""
        order = Order(number, tuple(self.quantities.items()), self.total_pence, "Being packed")
        self.orders = [order, *self.orders][:MAX_ORDERS]
        self.quantities.clear()
        return order


def past_orders(email: str, seed: int) -> list[Order]:
    """Two orders an account always had, so that logging in shows something; the same for the same address."""
    random = Random(f"{seed}:{email.casefold()}")  # noqa: S311 - picks pans, keeps no secret
    orders = []
    for _ in range(2):
        product = random.choice(PRODUCTS)
        line = Line(product, random.choice(product.sizes), random.choice(product.colours))
        orders.append(Order(f"FR-{random.randint(2000, 9999)}", ((line, 1),), line.pence, "Delivered"))
    return orders
