package io.tidemark.engine.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.spi.change.Position;
import io.tidemark.spi.lake.LakeProgress;
import io.tidemark.spi.schema.TableId;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProgressIndexTest {
    private static final TableId TABLE = new TableId("public", "t");

    private final ProgressIndex index = new ProgressIndex(new InMemoryMetadataStore(), Clock.systemUTC());

    @Test
    void aLoadThatWasTakenOverDoesNotReplaceTheProgressOfTheNextOne() {
        LakeProgress first = loaded("first", 3, 10);
        LakeProgress second = loaded("second", 5, 20);
        index.restart(TABLE, second);
        index.restart(TABLE, first);
        assertThat(index.find(TABLE).orElseThrow().loadId()).isEqualTo("second");

        LakeProgress applied = loaded("second", 6, 21);
        index.applied(TABLE, applied, 7);
        index.restart(TABLE, second);
        assertThat(index.find(TABLE).orElseThrow().slice()).isEqualTo(21);

        index.restart(TABLE, loaded("third", 8, 30));
        assertThat(index.find(TABLE).orElseThrow())
                .returns("third", TableProgress::loadId)
                .returns(30L, TableProgress::slice)
                .returns(0L, TableProgress::events);
    }

    private static LakeProgress loaded(String loadId, long fence, long slice) {
        return new LakeProgress(1, loadId, true, Set.of(), new Position(slice), slice, fence, 0);
    }
}
