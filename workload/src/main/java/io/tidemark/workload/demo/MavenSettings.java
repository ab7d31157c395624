package io.tidemark.workload.demo;

import io.tidemark.spi.error.ErrorCode;
import io.tidemark.spi.error.TidemarkException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * What the user's Maven settings say about where jars are. Profiles, repositories and passwords are not read.
 *
 * @param localRepository folder of the local repository, if another one than Maven's default is named
 * @param mirror URL that stands for Maven Central, if one does
 */
record MavenSettings(Optional<Path> localRepository, Optional<String> mirror) {
    private static final String MIRROR = "settings/mirrors/mirror";
    private static final List<String> OF_CENTRAL = List.of("*", "external:*", "central");

    /**
     * Reads a file; one that is missing says nothing.
     *
     * @throws TidemarkException DEMO_DATABASE when it cannot be read
     */
    static MavenSettings read(Path file) {
        if (!Files.isRegularFile(file)) {
            return new MavenSettings(Optional.empty(), Optional.empty());
        }
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        // No entity of the file can name another file or address.
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        try (InputStream in = Files.newInputStream(file)) {
            return read(factory.createXMLStreamReader(in));
        } catch (IOException | XMLStreamException e) {
            throw new TidemarkException(
                    ErrorCode.DEMO_DATABASE,
                    "Cannot read Maven's settings: " + e.getClass().getSimpleName() + " (file=" + file + ")",
                    "Mend the file; Maven itself needs it, too.",
                    e);
        }
    }

    private static MavenSettings read(XMLStreamReader xml) throws XMLStreamException {
        Optional<Path> localRepository = Optional.empty();
        Optional<String> mirror = Optional.empty();
        Map<String, String> fields = new HashMap<>();
        Deque<String> path = new ArrayDeque<>();
        StringBuilder text = new StringBuilder();
        while (xml.hasNext()) {
            switch (xml.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    path.addLast(xml.getLocalName());
                    text.setLength(0);
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(xml.getText());
                case XMLStreamConstants.END_ELEMENT -> {
                    String place = String.join("/", path);
                    if (place.equals("settings/localRepository")) {
                        localRepository = folder(text.toString().strip());
                    } else if (place.equals(MIRROR)) {
                        // As in Maven, the first that fits.
                        mirror = mirror.or(() -> ofCentral(Map.copyOf(fields)));
                        fields.clear();
                    } else if (place.startsWith(MIRROR + "/")) {
                        fields.put(path.getLast(), text.toString().strip());
                    }
                    path.removeLast();
                    text.setLength(0);
                }
                default -> {}
            }
        }
        return new MavenSettings(localRepository, mirror);
    }

    /** A folder with names of properties other than the home is not one that could be found without Maven. */
    private static Optional<Path> folder(String text) {
        String folder = text.replace("${user.home}", System.getProperty("user.home"));
        return folder.isEmpty() || folder.contains("${") ? Optional.empty() : Optional.of(Path.of(folder));
    }

    private static Optional<String> ofCentral(Map<String, String> mirror) {
        List<String> of = Arrays.stream(mirror.getOrDefault("mirrorOf", "").split(",", -1))
                .map(String::strip)
                .toList();
        boolean fits = !of.contains("!central") && of.stream().anyMatch(OF_CENTRAL::contains);
        boolean blocked = Boolean.parseBoolean(mirror.get("blocked"));
        return fits && !blocked ? Optional.ofNullable(mirror.get("url")) : Optional.empty();
    }
}
