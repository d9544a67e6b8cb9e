"""The program of a reading process; model.reading.readers starts it."""

from model.reading.process import main

if __name__ == "__main__":
    main()
