package io.tidemark.engine.job;

import io.tidemark.engine.mirror.MirrorRows;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.spi.change.ChangeBatch;
import io.tidemark.spi.change.Position;
import io.tidemark.spi.slice.SliceFile;
import io.tidemark.spi.slice.SliceReader;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Events of slices as the mirror takes them: of some positions only, in the newest schema, with the mirror's names and columns. */
public final class SliceEvents {
    private final TableRecord table;
    private final MirrorRows mirrorRows;
    private final Position after;
    private final Position through;

    /**
     * @param table the table, whose schema is the newest of the files
     * @param after events up to this position are left out
     * @param through events past this position are left out
     */
    public SliceEvents(TableRecord table, Position after, Position through) {
        this.table = table;
        this.mirrorRows = table.mirrorRows();
        this.after = after;
        this.through = through;
    }

    /**
     * Reads a file in commit order.
     *
     * @param filter takes events out, as rows of the newest schema
     * @throws io.tidemark.spi.error.TidemarkException {@code SOURCE_VALUE} for a row that the mirror's added columns cannot be told by
     * @param consumer batches are valid during the call only
     * @return how many events were handed on
     */
    public long read(
            SliceReader slices, SliceFile file, UnaryOperator<ChangeBatch> filter, Consumer<ChangeBatch> consumer) {
        UnaryOperator<ChangeBatch> toCurrent = file.schema().hasSameRowsAs(table.schema())
                ? UnaryOperator.identity()
                : new RowProjection(file.schema(), table.schema())::apply;
        boolean isWhole = file.first().isAfter(after) && !file.last().isAfter(through);
        long[] events = {0};
        slices.read(file, batch -> {
            ChangeBatch wanted = filter.apply(toCurrent.apply(isWhole ? batch : between(batch)));
            events[0] += wanted.size();
            if (!wanted.isEmpty()) {
                consumer.accept(mirrorRows.of(wanted));
            }
        });
        return events[0];
    }

    private ChangeBatch between(ChangeBatch batch) {
        ChangeBatch wanted = new ChangeBatch(batch.schema(), batch.size());
        for (int row = 0; row < batch.size(); row++) {
            long position = batch.position(row);
            if (Long.compareUnsigned(position, after.value()) > 0
                    && Long.compareUnsigned(position, through.value()) <= 0) {
                wanted.appendFrom(batch, row);
            }
        }
        return wanted;
    }
}
