package io.tidemark.engine.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.tidemark.engine.lease.Lease;
import io.tidemark.engine.lease.Leases;
import io.tidemark.engine.machine.Machine;
import io.tidemark.engine.metadata.Keys;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.testkit.metastore.InMemoryMetadataStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StateFormatTest {
    private static final StateFormat OLDER = new StateFormat(1);
    private static final StateFormat NEWER = new StateFormat(2);

    private final InMemoryMetadataStore store = new InMemoryMetadataStore();
    private final Leases leases = new Leases(store, Machine.local());

    @AfterEach
    void close() {
        leases.close();
    }

    @Test
    void aNewPipelineHasTheFormatOfItsProgram() {
        OLDER.require(store, leases);
        OLDER.require(store, leases);
        assertThat(stored()).isEqualTo("{\"number\":1}");
    }

    @Test
    void anOlderProgramIsRefusedAndChangesNothing() {
        NEWER.require(store, leases);
        assertThatThrownBy(() -> OLDER.require(store, leases))
                .hasMessageContaining("format=2, known=1")
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.STATE_NEWER, TidemarkException::code);
        assertThat(stored()).isEqualTo("{\"number\":2}");
    }

    @Test
    void aNewerProgramWaitsForTheOlderOneToEnd() {
        OLDER.require(store, leases);
        Lease capture = leases.tryAcquire("capture").orElseThrow();
        assertThatThrownBy(() -> NEWER.require(store, leases))
                .hasMessageContaining("leases=capture")
                .asInstanceOf(type(TidemarkException.class))
                .returns(ErrorCode.STATE_IN_USE, TidemarkException::code);
        assertThat(stored()).isEqualTo("{\"number\":1}");
        capture.close();
        NEWER.require(store, leases);
        assertThat(stored()).isEqualTo("{\"number\":2}");
    }

    private String stored() {
        return store.read(Keys.FORMAT).orElseThrow().value();
    }
}
