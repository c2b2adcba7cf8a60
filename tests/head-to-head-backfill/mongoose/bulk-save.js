const { Product, upgrade, old, main } = require('./product');

main(() =>
  old().eachAsync(
    async products => {
      products.forEach(upgrade);
      await Product.bulkSave(products, { ordered: false });
    },
    { batchSize: 1000, continueOnError: true },
  ),
);
