package io.tidemark.slices;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.spi.slice.SliceManifest;
import io.tidemark.spi.storage.ObjectStore;
import io.tidemark.spi.storage.ObjectStore.ObjectInput;
import io.tidemark.spi.storage.ObjectStore.ObjectOutput;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/** Manifest files: written once, checked by checksum and by their own figures whenever they are read. */
final class SliceManifests {
    static final String FORMAT = "tidemark-slice/1";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long BYTES_MAX = 1 << 30;

    private SliceManifests() {}

    /**
     * Makes the manifest durable.
     *
     * @return the same with its checksum
     */
    static SliceManifest write(ObjectStore storage, String pipeline, SliceManifest draft) throws IOException {
        byte[] bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(ManifestJson.write(pipeline, draft));
        try (ObjectOutput out = storage.create(draft.path())) {
            try {
                out.write(bytes);
            } catch (IOException e) {
                out.abort();
                throw e;
            }
        }
        return ManifestJson.read(JSON.readTree(bytes), draft.path(), Sha256.of(bytes));
    }

    /**
     * Reads a manifest whose checksum is known.
     *
     * @throws io.tidemark.spi.error.TidemarkException {@code SLICE_CORRUPT} when it is missing or not as it was written, {@code LAKE_IO} when the
     *     storage fails
     */
    static SliceManifest read(ObjectStore storage, String path, String checksum) {
        byte[] bytes = bytes(storage, path);
        String found = Sha256.of(bytes);
        if (!found.equals(checksum)) {
            throw StorageErrors.corrupt(
                    path, "the manifest's checksum differs (expected=" + checksum + ", found=" + found + ")");
        }
        return parse(bytes, path, found);
    }

    /** Reads a manifest as it lies in the storage, for who rebuilds the index. */
    static SliceManifest readUnchecked(ObjectStore storage, String path) {
        byte[] bytes = bytes(storage, path);
        return parse(bytes, path, Sha256.of(bytes));
    }

    private static SliceManifest parse(byte[] bytes, String path, String checksum) {
        try {
            JsonNode root = JSON.readTree(bytes);
            SliceManifest manifest = ManifestJson.read(root, path, checksum);
            ManifestJson.requireSums(root, manifest);
            return manifest;
        } catch (JsonProcessingException e) {
            throw StorageErrors.corrupt(path, "the manifest is not JSON", e);
        } catch (IOException | RuntimeException e) {
            throw StorageErrors.corrupt(path, "the manifest does not hold together: " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(ObjectStore storage, String path) {
        try (ObjectInput in = storage.open(path)) {
            if (in.length() > BYTES_MAX) {
                throw StorageErrors.corrupt(path, "the manifest is too large (bytes=" + in.length() + ")");
            }
            return in.readAll();
        } catch (NoSuchFileException e) {
            throw StorageErrors.corrupt(path, "the manifest is missing", e);
        } catch (EOFException e) {
            throw StorageErrors.corrupt(path, "the manifest ends early", e);
        } catch (IOException e) {
            throw StorageErrors.of("Cannot read slice manifest", e);
        }
    }
}
