package io.tidemark.lake.iceberg;

import io.tidemark.lake.iceberg.storage.FileIoObjectStore;
import io.tidemark.lake.iceberg.storage.LocalFileIO;
import io.tidemark.parquet.storage.LocalObjectStore;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import io.tidemark.spi.storage.ObjectStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;

/** Where a lake is and through what its files are reached. */
final class LakeStorage {
    private static final String REMOTE_IO = "org.apache.iceberg.io.ResolvingFileIO";

    /** Iceberg's package as users write it; in parts, because the names in a job's jar are not those in its sources. */
    private static final String ICEBERG = String.join(".", "org", "apache", "iceberg", "");

    private LakeStorage() {}

    /** The root as Iceberg's metadata shall name it: an absolute path without scheme when it is local, so that every engine reads it alike. */
    static String root(String location) {
        String root = LocalFileIO.isLocal(location)
                ? LocalFileIO.path(location).toAbsolutePath().normalize().toString()
                : location;
        return root.endsWith("/") && root.length() > 1 ? root.substring(0, root.length() - 1) : root;
    }

    /** The user's properties, with the FileIO that the location needs. */
    static Map<String, String> properties(String root, Settings settings) {
        Map<String, String> properties = new HashMap<>(settings.properties());
        properties.replaceAll((name, value) -> name.endsWith("-impl") ? className(value) : value);
        String configured = properties.get(CatalogProperties.FILE_IO_IMPL);
        if (LocalFileIO.isLocal(root)) {
            properties.put(CatalogProperties.FILE_IO_IMPL, LocalFileIO.class.getName());
            if (configured != null) {
                properties.put(LocalFileIO.DELEGATE, configured);
            }
        } else if (configured == null) {
            properties.put(CatalogProperties.FILE_IO_IMPL, REMOTE_IO);
        }
        return properties;
    }

    /** The name that a class of Iceberg has here: in the jar of a job its packages are others. */
    private static String className(String written) {
        String here = CatalogUtil.class.getPackageName() + ".";
        return written.startsWith(ICEBERG) ? here + written.substring(ICEBERG.length()) : written;
    }

    static ObjectStore open(String location, Settings settings) {
        String root = root(location);
        if (LocalFileIO.isLocal(root)) {
            try {
                return new LocalObjectStore(Path.of(root));
            } catch (IOException e) {
                throw new TidemarkException(
                        ErrorCode.LAKE_NOT_WRITABLE,
                        "Cannot open the lake: " + e.getMessage() + " (location=" + root + ")",
                        e);
            }
        }
        Map<String, String> properties = properties(root, settings);
        return new FileIoObjectStore(
                CatalogUtil.loadFileIO(properties.get(CatalogProperties.FILE_IO_IMPL), properties, null), root);
    }
}
