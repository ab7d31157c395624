package io.tidemark.bench;

import io.tidemark.engine.query.Queries;
import io.tidemark.spi.item.ItemStore;
import io.tidemark.spi.item.ItemWrite;
import io.tidemark.spi.query.ResultVisitor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * One item of a shop's orders that gets a greater number all the time, and the moments at which each was acknowledged. The mirror is asked in SQL for
 * the number that it shows; a number counts as visible when an answer with it, or with a greater one, is there, so that the time of the query counts.
 */
final class Markers {
    private static final String TABLE = "shop_orders";
    private static final Map<String, Object> KEY = Map.of("customer", "marker", "number", 0L);
    private static final String QUERY =
            "select max(marker) from dynamodb." + TABLE + " where customer = 'marker' and number = 0";

    private final ItemStore store;
    private final Histogram histogram;
    private final ConcurrentSkipListMap<Long, Long> acknowledgedMillis = new ConcurrentSkipListMap<>();
    private long newest;

    Markers(ItemStore store, Histogram histogram) {
        this.store = store;
        this.histogram = histogram;
    }

    /** Writes the item before the mirror begins, so that its columns hold the number. */
    void begin() {
        put(newest);
    }

    private void put(long number) {
        store.write(ItemWrite.put(TABLE, KEY, Map.of("marker", number)));
    }

    /** Writes the next number; called by one thread. */
    void write() {
        newest++;
        put(newest);
        acknowledgedMillis.put(newest, System.currentTimeMillis());
    }

    /** Asks the mirror once. */
    void look(Queries queries) {
        long[] shown = new long[1];
        queries.run(QUERY, Optional.empty(), new ResultVisitor() {
            @Override
            public void columns(List<String> names, List<String> types) {
                // The one that is asked for.
            }

            @Override
            public void row(List<@Nullable Object> values) {
                shown[0] = values.get(0) instanceof Number number ? number.longValue() : 0;
            }
        });
        long now = System.currentTimeMillis();
        Map<Long, Long> visible = acknowledgedMillis.headMap(shown[0], true);
        visible.values().forEach(acknowledged -> histogram.add(now - acknowledged));
        visible.clear();
    }

    /** Numbers that the mirror has not shown yet. */
    int pending() {
        return acknowledgedMillis.size();
    }
}
