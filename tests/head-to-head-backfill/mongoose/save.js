const { upgrade, old, main } = require('./product');

// node save.js [how many at the same time]
const parallel = Number(process.argv[2] ?? 1);

main(() =>
  old().eachAsync(
    async product => {
      upgrade(product);
      await product.save();
    },
    { parallel, continueOnError: true },
  ),
);
