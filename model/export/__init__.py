"""A trained network as files for elsewhere: a web page, ONNX, arrays, or a program with NumPy alone."""
