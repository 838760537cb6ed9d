"""stub"""
def receipts(*a): return []
def unless_failed(*a): return []
def notices(*a): return []
