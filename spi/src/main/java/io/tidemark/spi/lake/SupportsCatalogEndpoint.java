package io.tidemark.spi.lake;

import java.util.Optional;

/** A lake that can serve its catalog over the network, so that query engines attach to the mirrors while a process runs. */
public interface SupportsCatalogEndpoint {
    /**
     * Starts to serve if the lake's settings ask for it. The endpoint must be closed before the lake.
     *
     * @return empty when the settings do not ask for it
     * @throws io.tidemark.spi.error.TidemarkException {@code CONFIG_INVALID} when the address cannot be listened on, or would be open to everybody
     */
    Optional<CatalogEndpoint> openCatalogEndpoint();
}
