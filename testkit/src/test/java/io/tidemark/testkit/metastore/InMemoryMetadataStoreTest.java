package io.tidemark.testkit.metastore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.metastore.Entry;
import io.tidemark.spi.metastore.MetadataStore;
import org.junit.jupiter.api.Test;

class InMemoryMetadataStoreTest extends MetadataStoreContract {
    private final InMemoryMetadataStore store = new InMemoryMetadataStore();

    @Override
    protected MetadataStore open() {
        return store;
    }

    @Test
    void writesNothingWhenItFailsBefore() {
        store.failNextWrite(WriteFault.BEFORE);
        assertUnavailable(() -> store.compareAndSet("a", Entry.ABSENT, "one"));
        assertThat(store.read("a")).isEmpty();
        assertThat(store.compareAndSet("a", Entry.ABSENT, "one")).isPresent();
    }

    @Test
    void hasWrittenWhenItFailsAfter() {
        store.failNextWrite(WriteFault.AFTER);
        assertUnavailable(() -> store.compareAndSet("a", Entry.ABSENT, "one"));
        Entry written = store.read("a").orElseThrow();
        store.failNextWrite(WriteFault.AFTER);
        assertUnavailable(() -> store.delete("a", written.version()));
        assertThat(store.read("a")).isEmpty();
    }

    @Test
    void failsEveryCallWhileDisconnected() {
        store.disconnect();
        assertUnavailable(() -> store.read("a"));
        assertUnavailable(() -> store.list(""));
        assertUnavailable(() -> store.compareAndSet("a", Entry.ABSENT, "one"));
        store.reconnect();
        assertThat(store.list("")).isEmpty();
    }

    private static void assertUnavailable(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.METASTORE_UNAVAILABLE));
    }
}
