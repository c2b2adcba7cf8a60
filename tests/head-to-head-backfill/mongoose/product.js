const mongoose = require('mongoose');

// The old field has to be in the schema, or its removal is stripped. A price that is text is cast when it is read, and
// one that cannot be is an error of the document's validation.
const schema = new mongoose.Schema(
  {
    name: String,
    firstName: String,
    lastName: String,
    price: Number,
    status: String,
    schemaVersion: Number,
    category: String,
    stock: Number,
    views: Number,
    rating: Number,
    createdAt: Date,
    description: String,
  },
  { collection: 'products' },
);

const Product = mongoose.model('Product', schema);

function upgrade(product) {
  const [first, ...rest] = product.name.split(' ');
  product.firstName = first;
  product.lastName = rest.join(' ');
  product.markModified('price');
  product.status = 'active';
  product.name = undefined;
  product.schemaVersion = 2;
}

/** A cursor over what is still old, so that the program can be run again. */
function old() {
  return Product.find({ schemaVersion: { $exists: false } }).cursor({ batchSize: 1000 });
}

async function main(run) {
  await mongoose.connect(process.env.MONGODB_URI, { dbName: process.env.MONGODB_DATABASE });
  try {
    await run();
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  }
  await mongoose.disconnect();
}

module.exports = { Product, upgrade, old, main };
