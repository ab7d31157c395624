package io.tidemark.workload.shop;

import io.tidemark.workload.run.TextPools;
import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Attributes of the shop's items. Attributes named {@code later} come with updates only, so that a mirror meets them in the stream. */
final class ShopItems {
    private static final List<String> STATES = List.of("new", "paid", "packed", "sent");
    private static final List<String> TAGS = List.of("retail", "wholesale", "export", "newsletter", "invoice");
    private static final int ORDER_CENTS_MAX = 500_000;
    private static final int BALANCE_CENTS_MAX = 10_000_000;

    private final TextPools texts;

    ShopItems(TextPools texts) {
        this.texts = texts;
    }

    Map<String, Object> customer(SplittableRandom random) {
        return Map.of(
                "name", TextPools.pick(texts.names(), random),
                "balance", money(BALANCE_CENTS_MAX, random),
                "tags", tags(random),
                "address",
                        Map.of(
                                "city", TextPools.pick(texts.cities(), random),
                                "zip", Integer.toString(10_000 + random.nextInt(89_999)),
                                "place", Map.of("lat", degrees(random), "lon", degrees(random))));
    }

    Map<String, Object> customerLater(SplittableRandom random) {
        return Map.of("balance", money(BALANCE_CENTS_MAX, random), "vip", random.nextBoolean());
    }

    Map<String, Object> order(SplittableRandom random) {
        List<Map<String, Object>> lines = IntStream.range(0, 1 + random.nextInt(4))
                .mapToObj(line -> Map.<String, Object>of(
                        "sku",
                        "sku-" + random.nextInt(5_000),
                        "quantity",
                        1L + random.nextInt(9),
                        "price",
                        money(20_000, random)))
                .toList();
        return Map.of(
                "state", STATES.get(0),
                "amount", money(ORDER_CENTS_MAX, random),
                "company", TextPools.pick(texts.companies(), random),
                "lines", lines);
    }

    Map<String, Object> orderLater(SplittableRandom random) {
        return Map.of(
                "state", STATES.get(1 + random.nextInt(STATES.size() - 1)),
                "note", TextPools.pick(texts.notes(), random));
    }

    /** Every type; {@code varied} is text in parcels with an even number and a number in the others. */
    Map<String, Object> parcel(long number, SplittableRandom random) {
        return Map.ofEntries(
                Map.entry("pieces", 1L + random.nextInt(20)),
                Map.entry("weight", money(50_000, random)),
                Map.entry("is_fragile", random.nextBoolean()),
                Map.entry("seal", bytes(16, random)),
                Map.entry("labels", tags(random)),
                Map.entry("codes", Set.of(100 + number, 1L + random.nextInt(99))),
                Map.entry("scans", Set.of(bytes(4, random), bytes(5, random))),
                Map.entry("size", Map.of("width", 1L + random.nextInt(99), "height", money(10_000, random))),
                Map.entry("stops", List.of(TextPools.pick(texts.cities(), random), (long) random.nextInt(99))),
                Map.entry("varied", number % 2 == 0 ? "v-" + random.nextInt(99) : (Object) (long) random.nextInt(99)),
                Map.entry("slip", texts.body(random)));
    }

    Map<String, Object> parcelLater(SplittableRandom random) {
        return Map.of("weight", money(50_000, random), "signed_by", TextPools.pick(texts.names(), random));
    }

    /**
     * An amount whose last cent is never zero. DynamoDB keeps no zeros at the end, and a column that was made for whole numbers, or for one decimal,
     * holds no amount with cents.
     */
    private static BigDecimal money(int centsMax, SplittableRandom random) {
        return BigDecimal.valueOf(10L * random.nextInt(centsMax / 10) + 1 + random.nextInt(9), 2);
    }

    private static BigDecimal degrees(SplittableRandom random) {
        return BigDecimal.valueOf(random.nextInt(-1_800_000, 1_800_000), 4);
    }

    private static Set<String> tags(SplittableRandom random) {
        Set<String> tags = new LinkedHashSet<>();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            tags.add(TAGS.get(random.nextInt(TAGS.size())));
        }
        return tags;
    }

    private static byte[] bytes(int count, SplittableRandom random) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }
}
