package io.tidemark.workload.shop;

import io.tidemark.spi.item.ItemWrite;
import io.tidemark.workload.run.ChangeKind;
import io.tidemark.workload.run.Randoms;
import io.tidemark.workload.run.WorkloadOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Plans transactions, each from a random stream of its own. Safe for use by several threads. */
final class ShopPlanner {
    private static final int PERCENT = 100;

    /** Every so many transactions of one change take a second one: an order, and the balance of its customer. */
    private static final int TOGETHER_EVERY = 20;

    private final WorkloadOptions options;
    private final ShopTables tables;
    private final ShopItems items;
    private final ItemKeys customers;
    private final ItemKeys orders;
    private final ItemKeys parcels;
    private final long firstNumber;
    private final ChangeKind[] kinds;

    /** @param firstNumber greater than the number of any order or parcel that exists */
    ShopPlanner(
            WorkloadOptions options,
            ShopTables tables,
            ShopItems items,
            ItemKeys customers,
            ItemKeys orders,
            ItemKeys parcels,
            long firstNumber) {
        this.options = options;
        this.tables = tables;
        this.items = items;
        this.customers = customers;
        this.orders = orders;
        this.parcels = parcels;
        this.firstNumber = firstNumber;
        this.kinds = options.mix().shuffled(Randoms.stream(options.seed(), -1));
    }

    PlannedWrites plan(long number) {
        SplittableRandom random = Randoms.stream(options.seed(), number);
        // Two writes of one item would be refused.
        Map<String, ItemWrite> writes = new LinkedHashMap<>();
        int changes = options.changesPerTransaction();
        for (int i = 0; i < changes; i++) {
            long place = number * changes + i;
            add(writes, write(kinds[(int) (place % kinds.length)], place, random));
        }
        if (changes == 1 && number % TOGETHER_EVERY == 0) {
            updateCustomer(random).ifPresent(write -> add(writes, write));
        }
        return new PlannedWrites(number, how(number, List.copyOf(writes.values())), List.copyOf(writes.values()));
    }

    private static void add(Map<String, ItemWrite> writes, ItemWrite write) {
        writes.putIfAbsent(write.table() + new TreeMap<>(write.key()), write);
    }

    private static PlannedWrites.How how(long number, List<ItemWrite> writes) {
        if (writes.size() == 1) {
            return PlannedWrites.How.ONE;
        }
        boolean canBatch = writes.stream().noneMatch(write -> write.kind() == ItemWrite.Kind.UPDATE);
        return canBatch && number % 2 == 0 ? PlannedWrites.How.BATCH : PlannedWrites.How.TOGETHER;
    }

    private ItemWrite write(ChangeKind kind, long place, SplittableRandom random) {
        boolean parcel = random.nextInt(PERCENT) < options.statementPercent();
        Optional<ItemWrite> write = switch (kind) {
            case INSERT -> Optional.empty();
            case UPDATE -> update(parcel, random);
            case DELETE -> delete(parcel, random);
        };
        // Without an item to change there is a new one.
        return write.orElseGet(() -> insert(parcel, firstNumber + place, random));
    }

    private ItemWrite insert(boolean parcel, long number, SplittableRandom random) {
        if (parcel) {
            return ItemWrite.put(tables.parcels().name(), ShopTables.parcelKey(number), items.parcel(number, random));
        }
        Object customer = customers.sample(random, options.skew()).orElseThrow().get("id");
        return ItemWrite.put(
                tables.orders().name(), ShopTables.orderKey(String.valueOf(customer), number), items.order(random));
    }

    private Optional<ItemWrite> update(boolean parcel, SplittableRandom random) {
        if (parcel) {
            return parcels.sample(random, options.skew())
                    .map(key -> ItemWrite.update(tables.parcels().name(), key, items.parcelLater(random)));
        }
        if (random.nextInt(PERCENT) < options.accountPercent()) {
            return updateCustomer(random);
        }
        return orders.sample(random, options.skew())
                .map(key -> ItemWrite.update(tables.orders().name(), key, items.orderLater(random)));
    }

    private Optional<ItemWrite> updateCustomer(SplittableRandom random) {
        return customers
                .sample(random, options.skew())
                .map(key -> ItemWrite.update(tables.customers().name(), key, items.customerLater(random)));
    }

    private Optional<ItemWrite> delete(boolean parcel, SplittableRandom random) {
        return parcel
                ? parcels.take(random, options.skew())
                        .map(key -> ItemWrite.delete(tables.parcels().name(), key))
                : orders.take(random, options.skew())
                        .map(key -> ItemWrite.delete(tables.orders().name(), key));
    }

    /** The new items of a transaction may be changed by others now. */
    void committed(PlannedWrites planned) {
        remember(planned, ItemWrite.Kind.PUT);
    }

    /** The items that a transaction did not delete are there still. */
    void abandoned(PlannedWrites planned) {
        remember(planned, ItemWrite.Kind.DELETE);
    }

    private void remember(PlannedWrites planned, ItemWrite.Kind kind) {
        SplittableRandom random = Randoms.stream(options.seed(), ~planned.number());
        for (ItemWrite write : planned.writes()) {
            if (write.kind() == kind) {
                (write.table().equals(tables.parcels().name()) ? parcels : orders).add(write.key(), random);
            }
        }
    }
}
