package io.tidemark.spi.lake;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.source.Finding;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.function.Supplier;

/** Tests a lake's location. */
public final class LakeLocation {
    private static final String SUBJECT = "lake location";

    private LakeLocation() {}

    /** Writes a small file and deletes it. */
    public static Finding check(String root, Supplier<? extends ObjectStore> opener) {
        String probe = ".tidemark-check-" + UUID.randomUUID();
        try (ObjectStore storage = opener.get()) {
            try (ObjectStore.ObjectOutput output = storage.create(probe)) {
                output.write("probe".getBytes(StandardCharsets.UTF_8));
            }
            storage.delete(probe);
            return Finding.ok(SUBJECT, "files can be written and deleted in " + root);
        } catch (IOException | RuntimeException e) {
            return Finding.failed(
                    ErrorCode.LAKE_NOT_WRITABLE,
                    SUBJECT,
                    "cannot write to " + root + ": " + e.getMessage(),
                    ErrorCode.LAKE_NOT_WRITABLE.remedy());
        }
    }
}
