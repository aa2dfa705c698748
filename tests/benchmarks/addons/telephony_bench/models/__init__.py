from . import telephony_bench_row
