package io.tidemark.spi.lake;

import io.tidemark.spi.config.Setting;
import io.tidemark.spi.config.Settings;
import io.tidemark.spi.source.Finding;
import java.util.List;
import java.util.Optional;

/** Opens catalogs of one kind; found by {@link java.util.ServiceLoader}. */
public interface MirrorCatalogProvider {
    /** The {@code type} in the configuration, for example {@code glue}. */
    String type();

    List<Setting<?>> settings();

    /** Why mirrors of a lake of this type, at this location, cannot be in such a catalog, if so: a sentence's end. */
    Optional<String> refusal(String lake, String location);

    /** Tests that it answers. */
    Finding check(Settings settings);

    MirrorCatalog open(Settings settings);
}
