"""What the shop sells: one table, and the ways to look things up in it."""

from dataclasses import dataclass

COLOURS = {
    "Fennel": "#6f9160",
    "Rye": "#a8733f",
    "Beech": "#d6ab76",
    "Cream": "#fbf4e4",
    "Ink": "#36454f",
    "Brick": "#b9573d",
    "Butter": "#e3b648",
    "Sky": "#7ba5b9",
    "Plum": "#80506a",
}

_POT = ("20 cm", "24 cm", "28 cm")
_SERVING = ("Small", "Large")
_SET = ("Single", "Set of 4")
_ONE = ("One size",)

SIZE_STEP = 0.4
"""Each larger size costs this share of the base price more."""


@dataclass(frozen=True, slots=True)
class Product:
    """One thing on the shelf. `drawing` names its picture; prices are in pence."""

    id: int
    name: str
    category: str
    drawing: str
    base_pence: int
    sizes: tuple[str, ...]
    colours: tuple[str, ...]
    blurb: str

    def pence(self, size: str) -> int:
        """The price in one of its sizes, rounded to 50p."""
        return round(self.base_pence * (1 + SIZE_STEP * self.sizes.index(size)) / 50) * 50

    @property
    def words(self) -> str:
        """What a search looks at."""
        return f"{self.name} {self.drawing} {self.category} {self.blurb}".casefold()


# fmt: off
_TABLE: list[tuple[str, str, str, int, tuple[str, ...], str, str]] = [
    ("Harvest casserole", "Cookware", "pot", 8900, _POT, "Brick Fennel Ink",
     "Enamelled iron with a lid that keeps the steam in. From hob to oven to table."),
    ("Sunday kettle", "Cookware", "kettle", 5200, _ONE, "Cream Sky Brick",
     "A stove-top kettle with an ash handle and a low, kind whistle."),
    ("Everyday frying pan", "Cookware", "pan", 4400, _POT, "Ink Brick",
     "Carbon steel that gets better with every egg."),
    ("Market colander", "Cookware", "colander", 2800, _SERVING, "Butter Cream Fennel",
     "Wide feet and small holes: it stands firm and lets no rice through."),
    ("Broth pot", "Cookware", "pot", 7600, _POT, "Ink Cream Butter",
     "Tall and light, for stock, soup and far too much pasta."),
    ("Crêpe pan", "Cookware", "pan", 3600, _POT[:2], "Plum Ink",
     "Flat as a plate with a low rim, so a crêpe turns over without a fight."),
    ("Chef's knife", "Prep", "knife", 6400, ("16 cm", "20 cm"), "Rye Ink",
     "A balanced blade for nearly everything on the board."),
    ("Bread knife", "Prep", "knife", 4800, ("22 cm",), "Brick Ink",
     "Long waves instead of teeth: through the crust, not through the loaf."),
    ("Oak board", "Prep", "board", 3900, _SERVING, "Rye Cream",
     "End-grain oak, oiled by hand, with a handle to hang it by."),
    ("Bread board", "Prep", "board", 3200, _ONE, "Beech Rye",
     "A thin beech board for the loaf and the crumbs that come with it."),
    ("Balloon whisk", "Prep", "whisk", 1400, _ONE, "Butter Rye Ink",
     "Twelve wires for cream, egg whites and lumps in general."),
    ("Box grater", "Prep", "grater", 1900, _ONE, "Fennel Brick",
     "Four sides, one handle, no knuckles lost."),
    ("Spoon trio", "Prep", "utensils", 2400, _ONE, "Rye Fennel",
     "Spoon, spatula and ladle in olive wood. For stirring, scraping and pointing."),
    ("Kitchen scale", "Prep", "scale", 5600, _ONE, "Sky Cream Brick",
     "A proper dial, up to five kilos, and nothing to charge."),
    ("Breakfast bowl", "Table", "bowl", 1600, _SET, "Cream Sky Fennel Brick",
     "Stoneware, thrown a little thick so that porridge stays warm."),
    ("Salad bowl", "Table", "bowl", 3800, _SERVING, "Fennel Butter",
     "Wide enough to toss in, good-looking enough to leave on the table."),
    ("Supper plate", "Table", "plate", 1800, _SET, "Cream Sky Plum",
     "A broad rim and a shallow well, for sauce that should stay put."),
    ("Side plate", "Table", "plate", 1200, _SET, "Butter Fennel Cream",
     "For toast, cake, and the second slice of cake."),
    ("Morning mug", "Table", "mug", 1500, _SET, "Brick Sky Cream Ink",
     "Room for three fingers in the handle and a real mug of tea."),
    ("Round teapot", "Table", "teapot", 4200, _SERVING, "Plum Fennel Sky",
     "Pours without dripping. We tried many that did not."),
    ("Water tumbler", "Table", "tumbler", 1100, _SET, "Sky Fennel Plum",
     "Recycled glass with a heavy base, in the colours it comes in."),
    ("Pantry jar", "Pantry", "jar", 1300, _SERVING, "Butter Brick Fennel",
     "Glass with a cork lid. Flour in, weevils out."),
    ("Pepper mill", "Pantry", "mill", 3400, _SERVING, "Rye Ink Brick",
     "A steel grinder in turned walnut, from dust to boulders."),
    ("Linen tea towel", "Pantry", "towel", 1400, _SET, "Fennel Sky Brick",
     "Washed linen that dries glasses without leaving fluff."),
]
# fmt: on

PRODUCTS = [
    Product(number, name, category, drawing, pence, sizes, tuple(colours.split()), blurb)
    for number, (name, category, drawing, pence, sizes, colours, blurb) in enumerate(_TABLE, start=1)
]
CATEGORIES = list(dict.fromkeys(product.category for product in PRODUCTS))

_BY_ID = {product.id: product for product in PRODUCTS}


def product(number: int) -> Product | None:
    """The product with this number, if there is one."""
    return _BY_ID.get(number)


def search(query: str) -> list[Product]:
    """Products that contain every word of the query; all of them for an empty one.

    >>> [found.name for found in search("salad bowls")]
    ['Salad bowl']
    """
    words = [word.removesuffix("s") for word in query.casefold().split()]
    return [product for product in PRODUCTS if all(word in product.words for word in words)]


def pounds(pence: int) -> str:
    """A price as people read it.

    >>> pounds(123450)
    '£1,234.50'
    """
    return f"£{pence / 100:,.2f}"
