const BATCH = 1000;

/** What a document becomes. */
function change({ _id, name, price }) {
  const number = Number(price);
  // Without this, NaN would be stored.
  if (Number.isNaN(number)) throw new Error(`the price of ${_id} is ${price}`);
  const [firstName, ...rest] = name.split(' ');
  const set = { firstName, lastName: rest.join(' '), price: number, status: 'active', schemaVersion: 2 };
  return { updateOne: { filter: { _id }, update: { $set: set, $unset: { name: '' } } } };
}

module.exports = {
  async up(db) {
    const products = db.collection('products');
    const write = changes => products.bulkWrite(changes, { ordered: false });
    // Only what is still old, so that it can be run again; and only the fields that it takes.
    const old = products.find({ schemaVersion: { $exists: false } }, { projection: { name: 1, price: 1 } });
    let changes = [];
    for await (const product of old.batchSize(BATCH)) {
      changes.push(change(product));
      if (changes.length === BATCH) {
        await write(changes);
        changes = [];
      }
    }
    if (changes.length > 0) await write(changes);
  },

  async down(db) {
    await db.collection('products').updateMany({ schemaVersion: 2 }, [
      { $set: { name: { $concat: ['$firstName', ' ', '$lastName'] }, price: { $toString: '$price' } } },
      { $unset: ['firstName', 'lastName', 'status', 'schemaVersion'] },
    ]);
  },
};
