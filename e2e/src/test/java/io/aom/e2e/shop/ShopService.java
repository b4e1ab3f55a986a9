package io.aom.e2e.shop;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;

/** Takes orders, and reserves what is ordered; {@code shop.stock} says where the stock is. */
@SpringBootApplication
@RestController
public class ShopService {
  private static final Logger log = LoggerFactory.getLogger(ShopService.class);

  private final RestClient stock;

  ShopService(@Value("${shop.stock:}") String stock) {
    this.stock = RestClient.create(stock);
  }

  public static void main(String[] args) {
    SpringApplication.run(ShopService.class, args);
  }

  @GetMapping("/orders/{number}")
  String order(@PathVariable String number) {
    log.info("order {} placed", number);
    return String.valueOf(
        stock.get().uri("/reservations/{number}", number).retrieve().body(String.class));
  }

  @GetMapping("/reservations/{number}")
  String reserve(@PathVariable String number) {
    log.warn("last item reserved for order {}", number);
    return "reserved " + number;
  }
}
