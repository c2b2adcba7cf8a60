from datetime import datetime

from beanie import Document, iterative_migration


class Stored(Document):
    """What stays as it is."""

    category: str
    stock: int
    views: int
    rating: float
    createdAt: datetime
    description: str


class OldProduct(Stored):
    name: str
    price: str

    class Settings:
        name = "products"


class Product(Stored):
    firstName: str
    lastName: str
    price: float
    status: str = "active"
    schemaVersion: int = 2

    class Settings:
        name = "products"


class Forward:
    @iterative_migration()
    async def split_name(self, input_document: OldProduct, output_document: Product):
        first, _, last = input_document.name.partition(" ")
        output_document.firstName = first
        output_document.lastName = last
        output_document.price = float(input_document.price)


class Backward:
    @iterative_migration()
    async def join_name(self, input_document: Product, output_document: OldProduct):
        output_document.name = f"{input_document.firstName} {input_document.lastName}"
        output_document.price = f"{input_document.price:.2f}"
