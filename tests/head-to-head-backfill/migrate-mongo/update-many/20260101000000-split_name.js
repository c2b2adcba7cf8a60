const parts = { $split: ['$name', ' '] };

module.exports = {
  async up(db) {
    // Only what is still old, so that it can be run again.
    await db.collection('products').updateMany({ schemaVersion: { $exists: false } }, [
      {
        $set: {
          firstName: { $arrayElemAt: [parts, 0] },
          lastName: { $arrayElemAt: [parts, 1] },
          price: { $toDouble: '$price' },
          status: 'active',
          schemaVersion: 2,
        },
      },
      { $unset: 'name' },
    ]);
  },

  async down(db) {
    await db.collection('products').updateMany({ schemaVersion: 2 }, [
      { $set: { name: { $concat: ['$firstName', ' ', '$lastName'] }, price: { $toString: '$price' } } },
      { $unset: ['firstName', 'lastName', 'status', 'schemaVersion'] },
    ]);
  },
};
