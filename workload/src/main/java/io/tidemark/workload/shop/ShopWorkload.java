package io.tidemark.workload.shop;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.item.ItemStore;
import io.tidemark.workload.run.Invalid;
import io.tidemark.workload.run.LoadOptions;
import io.tidemark.workload.run.LoadResult;
import io.tidemark.workload.run.Run;
import io.tidemark.workload.run.TextPools;
import io.tidemark.workload.run.Workload;
import io.tidemark.workload.run.WorkloadListener;
import io.tidemark.workload.run.WorkloadOptions;
import io.tidemark.workload.run.WorkloadResult;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The shop in a store of items: {@code customers}, {@code orders} (key customer and number) and, when asked for, {@code parcels} with every type of
 * attribute. Of load and run options, transactions are orders, accounts are customers and statements are parcels; both make what is missing.
 */
public final class ShopWorkload implements Workload {
    /** How the names of tables begin when nothing else is asked for. */
    public static final String DEFAULT_PREFIX = "shop_";

    private static final String RUN = "run the workload";
    private static final int KEYS_MAX = 200_000;
    private static final int CUSTOMERS_MADE_BY_RUN = 200;

    /** Of both types of what varies. */
    private static final int PARCELS_MADE_BY_RUN = 10;

    private final ItemStore store;
    private final ShopTables tables;
    private final Clock clock;
    private volatile boolean stopped;
    private volatile @Nullable Run running;

    /** @param store stays open; the caller closes it */
    public ShopWorkload(ItemStore store, String prefix, Clock clock) {
        this.store = store;
        this.tables = new ShopTables(prefix);
        this.clock = clock;
    }

    @Override
    public boolean hasRows() {
        return store.exists(tables.orders().name())
                && !store.keys(tables.orders(), 1).isEmpty();
    }

    /** Fills the tables. What a load that fails has written stays. */
    @Override
    public LoadResult load(LoadOptions options) {
        boolean filled = Stream.of(tables.orders(), tables.customers(), tables.parcels())
                .anyMatch(table -> !store.keys(table, 1).isEmpty());
        if (filled) {
            throw new TidemarkException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot load the shop: its tables already have items (prefix=" + tables.prefix() + ", rows="
                            + options.transactions() + ")",
                    "Run the workload without loading, name another prefix, or delete these tables.",
                    null);
        }
        createTables(options.statements() > 0);
        return loader(options.seed()).load(options);
    }

    @Override
    public WorkloadResult run(WorkloadOptions options, WorkloadListener listener) {
        Invalid.unless(
                options.rollbackPercent() == 0,
                RUN,
                "DynamoDB has no transactions that could be rolled back",
                "rollbackPercent",
                options.rollbackPercent());
        Invalid.unless(
                options.changesPerTransaction() <= ItemStore.WRITES_MAX,
                RUN,
                "a transaction or batch of items has at most " + ItemStore.WRITES_MAX + " changes",
                "changesPerTransaction",
                options.changesPerTransaction());
        ShopPlanner planner = planner(options);
        Run run = new Run(options);
        running = run;
        try {
            if (stopped) {
                run.stop();
            }
            List<ShopWriter> writers = Stream.generate(() -> new ShopWriter(store, planner, run))
                    .limit(options.threadsUsed())
                    .toList();
            return run.run(writers, listener);
        } finally {
            running = null;
        }
    }

    @Override
    public void stop() {
        stopped = true;
        Run run = running;
        if (run != null) {
            run.stop();
        }
    }

    private ShopPlanner planner(WorkloadOptions options) {
        boolean parcels = options.statementPercent() > 0;
        createTables(parcels);
        ShopLoader loader = loader(options.seed());
        if (store.keys(tables.customers(), 1).isEmpty()) {
            loader.customers(CUSTOMERS_MADE_BY_RUN);
        }
        if (parcels && store.keys(tables.parcels(), 1).isEmpty()) {
            loader.parcels(PARCELS_MADE_BY_RUN);
        }
        return new ShopPlanner(
                options,
                tables,
                new ShopItems(TextPools.of(options.seed())),
                new ItemKeys(KEYS_MAX, store.keys(tables.customers(), KEYS_MAX)),
                new ItemKeys(KEYS_MAX, store.keys(tables.orders(), KEYS_MAX)),
                new ItemKeys(KEYS_MAX, parcels ? store.keys(tables.parcels(), KEYS_MAX) : List.of()),
                ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()));
    }

    private void createTables(boolean parcels) {
        store.createTable(tables.customers());
        store.createTable(tables.orders());
        if (parcels) {
            store.createTable(tables.parcels());
        }
    }

    private ShopLoader loader(long seed) {
        return new ShopLoader(store, tables, new ShopItems(TextPools.of(seed)), seed);
    }
}
