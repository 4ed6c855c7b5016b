"""What taking beacons costs, beside other servers; and that nothing acknowledged is lost."""
