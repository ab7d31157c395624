package io.tidemark.testkit.lake;

import io.tidemark.spi.lake.Lake;
import io.tidemark.spi.lake.LakeTable;
import io.tidemark.spi.lake.LakeTableSpec;
import io.tidemark.spi.schema.ColumnType;
import io.tidemark.spi.schema.TableId;
import io.tidemark.spi.source.Finding;
import java.util.List;
import java.util.Optional;

/** Another lake, whose tables are seen {@linkplain #seen in another way}. */
public abstract class ForwardingLake implements Lake {
    private final Lake lake;

    protected ForwardingLake(Lake lake) {
        this.lake = lake;
    }

    /** What stands for a table of the lake. */
    protected abstract LakeTable seen(LakeTable table);

    @Override
    public List<Finding> check() {
        return lake.check();
    }

    @Override
    public boolean holds(ColumnType type) {
        return lake.holds(type);
    }

    @Override
    public Optional<LakeTable> find(TableId table) {
        return lake.find(table).map(this::seen);
    }

    @Override
    public LakeTable openLoad(LakeTableSpec spec) {
        return seen(lake.openLoad(spec));
    }

    @Override
    public void publish(TableId table, String loadId) {
        lake.publish(table, loadId);
    }

    @Override
    public void drop(TableId table) {
        lake.drop(table);
    }

    @Override
    public List<TableId> tables() {
        return lake.tables();
    }

    @Override
    public void close() {
        lake.close();
    }
}
