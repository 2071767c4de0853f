# One name, one till a thread: `__init__` runs again in each that uses it.
import threading


class Till(threading.local):
    def __init__(self):
        self.sales = 0
        print("  till opened")


till = Till()


def work(sales):
    for _ in range(sales):
        till.sales += 1
    if sales:
        print(f"  till holds {till.sales} sales")


for clerk, sales in [("Anna", 3), ("Ben", 2), ("Carl", 0)]:
    print(f"{clerk} comes")
    thread = threading.Thread(target=work, args=(sales,))
    thread.start()
    thread.join()
    print(f"{clerk} has gone")
print(f"main holds {till.sales} sales")
