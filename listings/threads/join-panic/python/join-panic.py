# An exception ends its thread, not the program. But `join` does not tell of it.
import threading


def change(paid, price, answers):
    if price == 0:
        raise ValueError("no price tag")
    if price > paid:
        raise ValueError(f"{price - paid} short")
    answers[price] = paid - price


answers = {}
for price in [7, 0, 12]:
    clerk = threading.Thread(target=change, args=(10, price, answers))
    clerk.start()
    joined = clerk.join()
    print(f"price {price}: join gave {joined}, change {answers.get(price)}")
print("the shop is still open")
