package io.tidemark.engine.capture;

import io.tidemark.engine.pipeline.Pipeline;
import io.tidemark.engine.table.LoadPlan;
import io.tidemark.engine.table.SchemaPolicy;
import io.tidemark.engine.table.TableRecord;
import io.tidemark.engine.table.TableState;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.UndecodableRow;
import java.util.Optional;

/**
 * What capture does with a row that cannot be decoded. It becomes a dead letter in any case, because the slice log goes on without it; what the
 * configuration says decides whether its table fails too.
 */
final class SetAside {
    private final Pipeline pipeline;

    SetAside(Pipeline pipeline) {
        this.pipeline = pipeline;
    }

    void take(UndecodableRow row) {
        Optional<TableRecord> record = pipeline.registry().find(row.table());
        if (record.isEmpty() || record.orElseThrow().state() == TableState.DROPPED) {
            return;
        }
        LoadPlan load = record.orElseThrow().load();
        if (load != null && row.position().isBefore(load.firstCutoff())) {
            // The load has read the row as it was later.
            return;
        }
        TableId table = row.table();
        try {
            pipeline.deadLetters().record(row);
        } catch (TidemarkException e) {
            if (e.code() != ErrorCode.LIMIT_EXCEEDED) {
                throw e;
            }
            pipeline.registry().fail(table, e);
            return;
        }
        if (record.orElseThrow().state() == TableState.PENDING && load == null) {
            // The load that is to come reads the row as it is then.
            return;
        }
        if (row.reason().code() == ErrorCode.SOURCE_SCHEMA_CHANGED
                && SchemaPolicy.follows(pipeline.config().tables(), table)) {
            pipeline.registry().reload(table, row.reason().reason());
            pipeline.signals().tables().wake();
            return;
        }
        switch (pipeline.config().badValues(table)) {
            case FAIL -> pipeline.registry().fail(table, row.reason());
            case STRING -> pipeline.wanted().carryAsString(pipeline.registry(), table, row.column(), row.reason());
            case DEAD_LETTER -> {
                // Told by status and verify until somebody heals it.
            }
        }
    }
}
